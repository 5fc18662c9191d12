/*
 * Opens a card in a PC/SC reader by PACE and reads files under secure messaging, with OpenPACE (Debian's libeac) doing
 * PACE, key derivation, encryption and authentication. The point is that nobody here wrote that library; this program
 * only carries its results in APDUs (ICAO 9303-11, 4.4 and 9.8).
 *
 * usage: pace_with_openpace can|mrz SECRET DIRECTORY FID...
 * SECRET is the card access number, or the machine readable zone, its three lines as one.
 * Writes each file to DIRECTORY under its four hexadecimal digits. READER names the reader. Exit 1 on any error.
 */
#include <eac/eac.h>
#include <eac/pace.h>
#include <openssl/buffer.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h>

enum { BLOCK = 16, CHUNK = 200, LARGEST = 65536 };

static SCARDHANDLE card;
static EAC_CTX *eac;

static void fail(const char *what)
{
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
}

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

static void connect_reader(void)
{
    SCARDCONTEXT context;
    char list[2048];
    DWORD length = sizeof list, protocol;
    const char *wanted = getenv("READER");
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS) fail("card service");
    if (SCardListReaders(context, NULL, list, &length) != SCARD_S_SUCCESS) fail("readers");
    wait_for_card(context, wanted ? wanted : list);
    if (SCardConnect(context, wanted ? wanted : list, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
                     &protocol) != SCARD_S_SUCCESS)
        fail("connect");
}

/* Sends a command; returns the length of the response data, its status in *status. */
static size_t transmit(const uint8_t *command, size_t length, uint8_t *response, unsigned *status)
{
    DWORD received = 300;
    if (SCardTransmit(card, SCARD_PCI_T1, command, length, NULL, response, &received) != SCARD_S_SUCCESS) fail("transmit");
    if (received < 2) fail("empty response");
    *status = response[received - 2] << 8 | response[received - 1];
    return received - 2;
}

static BUF_MEM *buffer(const uint8_t *bytes, size_t length)
{
    BUF_MEM *result = BUF_MEM_new();
    if (!result || !BUF_MEM_grow(result, length)) fail("memory");
    memcpy(result->data, bytes, length);
    return result;
}

/* One GENERAL AUTHENTICATE: sends the object, expects exactly one object of the other tag. */
static BUF_MEM *general_authenticate(int last, uint8_t tag, const BUF_MEM *value, uint8_t wanted)
{
    size_t length = value ? value->length : 0;
    uint8_t command[300] = {last ? 0x00 : 0x10, 0x86, 0, 0, (uint8_t)(value ? length + 4 : 2), 0x7C,
                            (uint8_t)(value ? length + 2 : 0)};
    size_t used = 7;
    if (value) {
        command[used++] = tag;
        command[used++] = (uint8_t)length;
        memcpy(command + used, value->data, length);
        used += length;
    }
    command[used++] = 0;
    uint8_t response[300];
    unsigned status;
    size_t count = transmit(command, used, response, &status);
    if (status != 0x9000) {
        fprintf(stderr, "GENERAL AUTHENTICATE %02x: %04x\n", tag, status);
        exit(1);
    }
    if (count < 4 || response[0] != 0x7C || response[1] != count - 2 || response[2] != wanted || response[3] != count - 4)
        fail("dynamic authentication data");
    return buffer(response + 4, count - 4);
}

static void run_pace(const char *kind, const char *secret)
{
    static const uint8_t read[] = {0x00, 0xB0, 0x9C, 0x00, 0x00};
    uint8_t response[300];
    unsigned status;
    size_t count = transmit(read, sizeof read, response, &status);
    if (status != 0x9000) fail("EF.CardAccess");
    EAC_init();
    eac = EAC_CTX_new();
    if (!eac || !EAC_CTX_init_ef_cardaccess(response, count, eac)) fail("OpenPACE refuses EF.CardAccess");
    int is_can = strcmp(kind, "can") == 0;
    PACE_SEC *password = PACE_SEC_new(secret, strlen(secret), is_can ? PACE_CAN : PACE_MRZ);
    if (!password) fail("password");

    uint8_t set[] = {0x00, 0x22, 0xC1, 0xA4, 0x0F, 0x80, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07,
                     0x02, 0x02, 0x04, 0x02, 0x02, 0x83, 0x01, is_can ? 0x02 : 0x01};
    transmit(set, sizeof set, response, &status);
    if (status != 0x9000) fail("MSE:Set AT");
    BUF_MEM *nonce = general_authenticate(0, 0, NULL, 0x80);
    if (!PACE_STEP2_dec_nonce(eac, password, nonce)) fail("nonce");
    BUF_MEM *mapping = general_authenticate(0, 0x81, PACE_STEP3A_generate_mapping_data(eac), 0x82);
    if (!PACE_STEP3A_map_generator(eac, mapping)) fail("mapping");
    BUF_MEM *key = general_authenticate(0, 0x83, PACE_STEP3B_generate_ephemeral_key(eac), 0x84);
    if (!PACE_STEP3B_compute_shared_secret(eac, key) || !PACE_STEP3C_derive_keys(eac)) fail("agreement");
    BUF_MEM *token = general_authenticate(1, 0x85, PACE_STEP3D_compute_authentication_token(eac, key), 0x86);
    if (PACE_STEP3D_verify_authentication_token(eac, token) != 1) fail("the card's token");
    if (!EAC_CTX_set_encryption_ctx(eac, EAC_ID_PACE) || !EAC_reset_ssc(eac)) fail("session");
}

/* The eight bytes over header (when there is one) and objects. */
static void authenticate(const uint8_t *header, const uint8_t *objects, size_t length, uint8_t code[8])
{
    uint8_t message[600];
    size_t used = 0;
    if (header) {
        memset(message, 0, BLOCK);
        memcpy(message, header, 4);
        message[4] = 0x80;
        used = BLOCK;
    }
    if (length > 0) {
        memcpy(message + used, objects, length);
        used += length;
        message[used++] = 0x80;
        while (used % BLOCK) message[used++] = 0;
    }
    BUF_MEM *result = EAC_authenticate(eac, buffer(message, used));
    if (!result || result->length < 8) fail("authentication");
    memcpy(code, result->data, 8);
}

/* Sends a protected command, opens the answer, returns its plain length. */
static size_t protected_transmit(
    const uint8_t header[4], const uint8_t *data, size_t length, int expected, uint8_t *plain, unsigned *status)
{
    uint8_t objects[300], code[8], command[330], response[300];
    size_t used = 0;
    if (!EAC_increment_ssc(eac)) fail("counter");
    if (length > 0) {
        uint8_t padded[256] = {0};
        memcpy(padded, data, length);
        padded[length] = 0x80;
        BUF_MEM *cryptogram = EAC_encrypt(eac, buffer(padded, (length / BLOCK + 1) * BLOCK));
        if (!cryptogram) fail("encryption");
        objects[used++] = 0x87;
        objects[used++] = (uint8_t)(cryptogram->length + 1);
        objects[used++] = 0x01;
        memcpy(objects + used, cryptogram->data, cryptogram->length);
        used += cryptogram->length;
    }
    if (expected > 0) {
        const uint8_t object[] = {0x97, 0x01, (uint8_t)expected};
        memcpy(objects + used, object, sizeof object);
        used += sizeof object;
    }
    authenticate(header, objects, used, code);
    memcpy(command, header, 4);
    command[4] = (uint8_t)(used + 10);
    memcpy(command + 5, objects, used);
    command[5 + used] = 0x8E;
    command[6 + used] = 8;
    memcpy(command + 7 + used, code, 8);
    command[15 + used] = 0;
    size_t count = transmit(command, 16 + used, response, status);

    if (!EAC_increment_ssc(eac)) fail("counter");
    if (count < 14 || response[count - 10] != 0x8E || response[count - 9] != 8) fail("answer without code");
    authenticate(NULL, response, count - 10, code);
    if (memcmp(code, response + count - 8, 8) != 0) fail("the answer's code");
    if (response[count - 14] != 0x99 || response[count - 12] != *status >> 8 || response[count - 11] != (*status & 0xFF))
        fail("the answer's status");
    if (count == 14) return 0;
    size_t offset = response[1] == 0x81 ? 3 : 2;
    size_t value = response[offset - 1];
    if (response[0] != 0x87 || response[offset] != 0x01 || offset + value != count - 14) fail("the answer's cryptogram");
    BUF_MEM *opened = EAC_decrypt(eac, buffer(response + offset + 1, value - 1));
    if (!opened) fail("decryption");
    size_t end = opened->length;
    while (end > 0 && opened->data[end - 1] == 0) end--;
    if (end == 0 || (uint8_t)opened->data[end - 1] != 0x80) fail("padding");
    memcpy(plain, opened->data, end - 1);
    return end - 1;
}

static void read_file(const char *directory, unsigned identifier)
{
    static uint8_t contents[LARGEST];
    uint8_t plain[300];
    unsigned status;
    const uint8_t select[] = {0x0C, 0xA4, 0x02, 0x0C}, file[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
    protected_transmit(select, file, 2, 0, plain, &status);
    if (status != 0x9000) fail("SELECT");
    size_t total = 0, count;
    do {
        const uint8_t read[] = {0x0C, 0xB0, (uint8_t)(total >> 8), (uint8_t)total};
        count = protected_transmit(read, NULL, 0, CHUNK, plain, &status);
        if (status != 0x9000 && status != 0x6282 && status != 0x6B00) fail("READ BINARY");
        if (total + count > LARGEST) fail("file too large");
        memcpy(contents + total, plain, count);
        total += count;
    } while (status == 0x9000 && count > 0);
    char path[1024];
    snprintf(path, sizeof path, "%s/%04X", directory, identifier);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(contents, 1, total, out) != total || fclose(out) != 0) fail("write");
    printf("%04X %zu\n", identifier, total);
}

int main(int count, char **arguments)
{
    if (count < 5) fail("usage: pace_with_openpace can|mrz SECRET DIRECTORY FID...");
    connect_reader();
    run_pace(arguments[1], arguments[2]);
    const uint8_t select[] = {0x0C, 0xA4, 0x04, 0x0C}, application[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};
    uint8_t plain[300];
    unsigned status;
    protected_transmit(select, application, sizeof application, 0, plain, &status);
    if (status != 0x9000) fail("SELECT of the application");
    for (int i = 4; i < count; i++) read_file(arguments[3], (unsigned)strtoul(arguments[i], NULL, 16));
    SCardDisconnect(card, SCARD_RESET_CARD);
    return 0;
}
