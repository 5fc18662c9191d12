#ifndef COPENJPEG_SHIM_H
#define COPENJPEG_SHIM_H

#include <openjpeg.h>

#endif
