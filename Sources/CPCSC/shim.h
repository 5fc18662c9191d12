#ifndef CPCSC_SHIM_H
#define CPCSC_SHIM_H

#include <reader.h>
#include <winscard.h>

/// SCARD_PCI_T0 and SCARD_PCI_T1 are macros that take addresses, which Swift does not import.
static inline const SCARD_IO_REQUEST *cpcsc_protocol_header(DWORD protocol) {
    return protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
}

/// CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10, 2.2), a macro with arguments.
static inline DWORD cpcsc_feature_request(void) { return CM_IOCTL_GET_FEATURE_REQUEST; }

#endif
