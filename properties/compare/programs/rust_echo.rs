// Echo in Rust with the standard library alone, a thread for each connection.
use std::env;
use std::io;
use std::net::TcpListener;
use std::thread;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let port: u16 = arguments[2].parse().expect("a port number");
    let listener = TcpListener::bind((arguments[1].as_str(), port))?;
    for connection in listener.incoming() {
        match connection {
            Ok(stream) => {
                thread::spawn(move || {
                    // A client that resets is an error here, and nobody's business but its own.
                    let _ = io::copy(&mut &stream, &mut &stream);
                });
            }
            Err(error) => eprintln!("accept: {error}"),
        }
    }
    Ok(())
}
