/* SPDX-License-Identifier: MIT */
/*
 * Where: tests of dns_exchange and dns_client.
 * What:  see impostor.h.
 */
#include "impostor.h"

#include "forge.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024

struct connection {
    struct impostor *impostor;
    pthread_t thread;
    int fd;
    uint32_t index;
};

struct impostor {
    impostor_serve_fn *serve;
    void *ctx;
    int listener;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    bool stopping;
    atomic_uint count;
    struct connection connections[CONNECTIONS_MAX];
};

static void *run_connection(void *argument)
{
    struct connection *connection = argument;
    struct impostor *impostor = connection->impostor;
    impostor->serve(connection->fd, connection->index, impostor->ctx);
    pthread_mutex_lock(&impostor->lock);
    close(connection->fd);
    connection->fd = -1;
    pthread_mutex_unlock(&impostor->lock);
    return NULL;
}

static void *run_listener(void *argument)
{
    struct impostor *impostor = argument;
    for (;;) {
        int fd = accept4(impostor->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            return NULL;
        pthread_mutex_lock(&impostor->lock);
        bool stopping = impostor->stopping;
        if (!stopping) {
            uint32_t index = atomic_load(&impostor->count);
            assert(index < CONNECTIONS_MAX);
            struct connection *connection = &impostor->connections[index];
            *connection = (struct connection){.impostor = impostor, .fd = fd, .index = index};
            int failed = pthread_create(&connection->thread, NULL, run_connection, connection);
            assert(!failed);
            atomic_store(&impostor->count, index + 1);
        } else {
            close(fd);
        }
        pthread_mutex_unlock(&impostor->lock);
    }
}

struct impostor *impostor_start(impostor_serve_fn *serve, void *ctx)
{
    struct impostor *impostor = calloc(1, sizeof *impostor);
    assert(impostor);
    impostor->serve = serve;
    impostor->ctx = ctx;
    pthread_mutex_init(&impostor->lock, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    impostor->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = bind(impostor->listener, (struct sockaddr *)&address, size);
    failed |= listen(impostor->listener, 128);
    failed |= getsockname(impostor->listener, (struct sockaddr *)&address, &size);
    impostor->port = ntohs(address.sin_port);
    failed |= pthread_create(&impostor->thread, NULL, run_listener, impostor);
    assert(!failed);
    return impostor;
}

void impostor_stop(struct impostor *impostor)
{
    pthread_mutex_lock(&impostor->lock);
    impostor->stopping = true;
    for (uint32_t i = 0; i < atomic_load(&impostor->count); i++)
        if (impostor->connections[i].fd >= 0)
            shutdown(impostor->connections[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&impostor->lock);
    shutdown(impostor->listener, SHUT_RDWR);
    pthread_join(impostor->thread, NULL);
    for (uint32_t i = 0; i < atomic_load(&impostor->count); i++)
        pthread_join(impostor->connections[i].thread, NULL);
    close(impostor->listener);
    pthread_mutex_destroy(&impostor->lock);
    free(impostor);
}

struct endpoint impostor_endpoint(const struct impostor *impostor)
{
    return (struct endpoint){.address = {.family = ADDRESS_V4, .bytes = {127, 0, 0, 1}}, .port = impostor->port};
}

uint32_t impostor_connections(const struct impostor *impostor)
{
    return atomic_load(&impostor->count);
}

static bool read_raw(int fd, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t got = recv(fd, bytes, length, 0);
        if (got <= 0)
            return false;
        bytes += got;
        length -= (size_t)got;
    }
    return true;
}

int32_t impostor_read(int fd, uint8_t bytes[65535])
{
    uint8_t prefix[2];
    if (!read_raw(fd, prefix, sizeof prefix))
        return -1;
    uint16_t length = wire_get16(prefix);
    return read_raw(fd, bytes, length) ? length : -1;
}

bool impostor_write_raw(int fd, const void *bytes, size_t length)
{
    return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

bool impostor_write(int fd, const uint8_t *bytes, size_t length)
{
    uint8_t frame[2 + 65535];
    wire_put16(frame, (uint16_t)length);
    memcpy(frame + 2, bytes, length);
    return impostor_write_raw(fd, frame, 2 + length);
}

struct tsig_state impostor_mac(const uint8_t *request, const struct wire_message *walked)
{
    struct tsig_state state = {0};
    const uint8_t *rdata = request + walked->tsig.rdata_at;
    while (*rdata)
        rdata += 1 + *rdata;
    state.mac_length = (uint8_t)wire_get16(rdata + 9);
    memcpy(state.mac, rdata + 11, state.mac_length);
    return state;
}

size_t impostor_answer(const uint8_t *request, size_t length, uint8_t answer[4096], bool is_signed, bool no_name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the forger has one bench */
    static struct forge forge;
    static const char soa[] = "\0\0\0\0\0\7\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5";
    struct wire_message walked;
    bool walks = wire_walk(request, length, &walked, NULL);
    assert(walks && walked.has_tsig && walked.question_count == 1);
    uint8_t storage[DNAME_WIRE_MAX];
    struct dname name;
    size_t end = wire_read_name(request, length, walked.question_at, true, storage, &name);
    assert(end > 0);
    char text[DNAME_TEXT_MAX];
    dname_format(&name, text);

    pthread_mutex_lock(&lock);
    int rcode = no_name && walked.question_type == RRTYPE_TXT ? WIRE_RCODE_NXDOMAIN : WIRE_RCODE_NOERROR;
    forge_header(&forge, walked.id, (uint16_t)(0x8400 | walked.opcode << 11 | rcode));
    forge_question(&forge, text, walked.question_type);
    if (walked.opcode == WIRE_OPCODE_QUERY && walked.question_type == RRTYPE_A)
        forge_record(&forge, 1, text, RRTYPE_A, WIRE_CLASS_IN, 30, "\xc0\0\2\1", 4);
    if (walked.opcode == WIRE_OPCODE_QUERY && walked.question_type == RRTYPE_SOA)
        forge_record(&forge, 1, text, RRTYPE_SOA, WIRE_CLASS_IN, 30, soa, sizeof soa - 1);
    if (is_signed) {
        struct key_settings key = forge_key("repointd", TSIG_HMAC_SHA256);
        struct tsig_state state = impostor_mac(request, &walked);
        struct forge_tsig tsig = forge_tsig(&key, &state, time(NULL));
        forge_sign(&forge, &tsig);
    }
    size_t size = forge.length;
    assert(size <= 4096);
    memcpy(answer, forge.bytes, size);
    pthread_mutex_unlock(&lock);
    return size;
}
