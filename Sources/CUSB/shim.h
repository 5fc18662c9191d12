#ifndef CUSB_SHIM_H
#define CUSB_SHIM_H

#include <libusb.h>

#endif
