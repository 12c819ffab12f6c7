// Echo in Java, a thread for each connection.
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

public final class JavaEcho {
    private JavaEcho() {}

    public static void main(String[] arguments) throws IOException {
        InetAddress host = InetAddress.getByName(arguments[0]);
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[1]), 128, host)) {
            while (true) {
                Socket connection = listener.accept();
                new Thread(() -> echo(connection)).start();
            }
        }
    }

    private static void echo(Socket connection) {
        try (connection) {
            connection.getInputStream().transferTo(connection.getOutputStream());
        } catch (IOException gone) {
            // The client reset the connection; the others are served on.
        }
    }
}
