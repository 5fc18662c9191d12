#ifndef FORGETFUL_HEAP_H
#define FORGETFUL_HEAP_H

/// A program that is linked with this target overwrites every block of its heap when it is given back. There is nothing to
/// call: the target defines the program's `free` and `realloc`.
#define FORGETFUL_HEAP 1

#endif
