# Echo in Tcl: one event loop; fcopy copies in the background and waits for a client that is slow.
proc accept {connection address port} {
    chan configure $connection -translation binary -blocking 0 -buffering none
    chan copy $connection $connection -command [list finish $connection]
}

# Called once, when the client has no more or when the connection failed.
proc finish {connection copied {message ""}} {
    catch {close $connection}
}

lassign $argv host port
socket -server accept -myaddr $host $port
vwait forever
