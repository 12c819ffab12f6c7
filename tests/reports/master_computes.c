// report: gnosek/fcgiwrap#20
// mistake: with its only child gone waitpid() returns -1 and not 0: the master asks for ever, and makes no other child
// invariant: no_spin
// fault: killed_children
#include "../mutants/spin_prefork_master.c"
