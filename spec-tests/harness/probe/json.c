// A JSON writer: escapes every byte that is not plain ASCII text, puts the commas where they belong.
#include "probe.h"
#include <stdio.h>
#include <string.h>

static bool needs_comma;

static void put_string(const char *text, size_t length) {
  putchar('"');
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') printf("\\%c", c);
    else if (c < 0x20) printf("\\u%04x", c);
    else putchar(c);
  }
  putchar('"');
}

static void begin(const char *key) {
  if (needs_comma) putchar(',');
  if (key != NULL) {
    put_string(key, strlen(key));
    putchar(':');
  }
  needs_comma = true;
}

void json_open(const char *key, char bracket) {
  begin(key);
  putchar(bracket);
  needs_comma = false;
}

void json_close(char bracket) {
  putchar(bracket);
  needs_comma = true;
}

void json_string(const char *key, const char *value) {
  if (value != NULL) {
    json_bytes(key, value, strlen(value));
    return;
  }
  begin(key);
  fputs("null", stdout);
}

void json_bytes(const char *key, const char *value, size_t length) {
  begin(key);
  put_string(value, length);
}

void json_number(const char *key, long long value) {
  begin(key);
  printf("%lld", value);
}

void json_end(void) {
  putchar('\n');
  needs_comma = false;
  fflush(stdout);
}
