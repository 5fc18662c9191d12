/*
 * Stands in for libnfc under a program that was written for it, and carries its APDUs to a PC/SC reader instead.
 *
 * Debian's mrtdreader reads passports by BAC through libnfc. Preloaded with this library it reads a card in a PC/SC
 * reader, unchanged: a reader that nobody here wrote. Only the functions that it and libmrtd call are here.
 * READER names the reader; without it the first one is taken.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h>

static SCARDCONTEXT context;
static SCARDHANDLE card;

/* Waits until a card is in the reader: the service notices it a moment after it was laid on. */
static void wait_for_card(SCARDCONTEXT context, const char *reader)
{
    SCARD_READERSTATE state = {.szReader = reader, .dwCurrentState = SCARD_STATE_UNAWARE};
    for (int change = 0; change < 100; change++) {
        if (SCardGetStatusChange(context, 20000, &state, 1) != SCARD_S_SUCCESS) return;
        if (state.dwEventState & SCARD_STATE_PRESENT) return;
        state.dwCurrentState = state.dwEventState;
    }
}

void nfc_init(void **out) { *out = &context; }

void nfc_exit(void *unused) { (void)unused; }

size_t nfc_list_devices(void *unused, char names[][1024], size_t count)
{
    (void)unused;
    if (count > 0) strcpy(names[0], "pcsc");
    return count > 0 ? 1 : 0;
}

void *nfc_open(void *unused, const char *name)
{
    (void)unused, (void)name;
    char list[2048];
    DWORD length = sizeof list, protocol;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS) return NULL;
    if (SCardListReaders(context, NULL, list, &length) != SCARD_S_SUCCESS) return NULL;
    const char *wanted = getenv("READER");
    wait_for_card(context, wanted ? wanted : list);
    LONG result = SCardConnect(
        context, wanted ? wanted : list, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    return result == SCARD_S_SUCCESS ? &card : NULL;
}

void nfc_close(void *unused)
{
    (void)unused;
    SCardDisconnect(card, SCARD_RESET_CARD);
    SCardReleaseContext(context);
}

const char *nfc_device_get_name(void *unused) { (void)unused; return "PC/SC"; }

int nfc_device_set_property_bool(void *unused, int property, int on) { (void)unused, (void)property, (void)on; return 0; }

int nfc_initiator_init(void *unused) { (void)unused; return 0; }

/* The card is in the field: one target was found. */
int nfc_initiator_select_passive_target(void *unused, ...) { (void)unused; return 1; }

void nfc_perror(void *unused, const char *text) { (void)unused; fprintf(stderr, "%s failed\n", text); }

int nfc_initiator_transceive_bytes(
    void *unused, const uint8_t *command, size_t command_length, uint8_t *response, size_t room, int timeout)
{
    (void)unused, (void)timeout;
    DWORD length = room;
    LONG result = SCardTransmit(card, SCARD_PCI_T1, command, command_length, NULL, response, &length);
    return result == SCARD_S_SUCCESS ? (int)length : -1;
}
