#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Resident memory that an HTTP library adds to a small process: linked, and after five requests.
# Needs libmicrohttpd-dev, libevent-dev, curl and a C compiler.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/resident.h" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void resident(const char *library, const char *when) {
  FILE *file = fopen("/proc/self/smaps_rollup", "r");
  char line[256];
  long all = 0, dirty = 0, value;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "Rss: %ld", &value) == 1) all = value;
    if (sscanf(line, "Private_Dirty: %ld", &value) == 1) dirty = value;
  }
  fclose(file);
  printf("%-14s %-10s %6ld kB resident, %4ld kB of its own\n", library, when, all, dirty);
  fflush(stdout);
}
static void request(void) {
  if (system("for i in 1 2 3 4 5; do curl -s 127.0.0.1:18080 >/dev/null; done")) exit(1);
}
END

cat >"$folder/none.c" <<'END'
#include "resident.h"
int main(void) { resident("none", "started"); }
END

cat >"$folder/microhttpd.c" <<'END'
#include <microhttpd.h>
#include <netinet/in.h>
#include "resident.h"
static enum MHD_Result answer(void *a, struct MHD_Connection *connection, const char *b,
                              const char *c, const char *d, const char *e, size_t *f, void **g) {
  struct MHD_Response *response =
      MHD_create_response_from_buffer(5, "hello", MHD_RESPMEM_PERSISTENT);
  enum MHD_Result result = MHD_queue_response(connection, 200, response);
  MHD_destroy_response(response);
  return result;
}
int main(void) {
  resident("libmicrohttpd", "started");
  struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL,
                                               18080, 0, 0, answer, 0, MHD_OPTION_END);
  request();
  resident("libmicrohttpd", "serving");
  MHD_stop_daemon(daemon);
}
END

cat >"$folder/event.c" <<'END'
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <pthread.h>
#include "resident.h"
static void answer(struct evhttp_request *request, void *context) {
  struct evbuffer *body = evbuffer_new();
  evbuffer_add(body, "hello", 5);
  evhttp_send_reply(request, 200, "OK", body);
  evbuffer_free(body);
}
static void *serve(void *base) { return event_base_dispatch(base), (void *)0; }
int main(void) {
  resident("libevent", "started");
  struct event_base *base = event_base_new();
  struct evhttp *http = evhttp_new(base);
  evhttp_set_gencb(http, answer, 0);
  if (evhttp_bind_socket(http, "127.0.0.1", 18080)) return 1;
  pthread_t thread;
  pthread_create(&thread, 0, serve, base);
  request();
  resident("libevent", "serving");
}
END

cc -O2 "$folder/none.c" -o "$folder/none"
cc -O2 "$folder/microhttpd.c" -o "$folder/microhttpd" -lmicrohttpd
cc -O2 "$folder/event.c" -o "$folder/event" -levent_core -levent_extra
for program in none microhttpd event; do "$folder/$program"; done
