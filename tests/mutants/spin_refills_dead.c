// mistake: the slot of a killed process stays taken: each that is made for it ends at once, without end (UNP 30.6)
// invariant: no_spin
// fault: killed_children
#include "slots.h"

static void at_once(void)
{
}

int main(int argc, char **argv)
{
    serve_in_slots(tcp_listen(argc, argv), at_once);
}
