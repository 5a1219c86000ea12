// SPDX-License-Identifier: GPL-3.0-or-later
//
// TOML 1.0 with the position of every key and value. Errors are values; no exception leaves.

#ifndef KWS_TOML_H
#define KWS_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Largest document, in bytes. Dotted keys nest as deep as the document is long, and the parser
// frees what it built by recursion: this keeps its stack under 4 MB even without optimisation.
#define KWS_TOML_LIMIT 32768

typedef enum {
  KWS_TOML_STRING,
  KWS_TOML_INTEGER,
  KWS_TOML_FLOAT,
  KWS_TOML_BOOLEAN,
  KWS_TOML_DATE,
  KWS_TOML_ARRAY,
  KWS_TOML_TABLE,
} kws_toml_kind;

// Line and column count from 1; columns count code points.
typedef struct {
  uint32_t line;
  uint32_t column;
} kws_toml_position;

// Bytes that live as long as the document; UTF-8, may contain zeros, not terminated; null if none.
typedef struct {
  const char *_Nullable bytes;
  size_t length;
} kws_toml_text;

// A member of the document or, where `depth` is 1, an element of the array before it. What stands
// inside of tables and of inner arrays is not given: no setting has such a shape.
typedef struct {
  kws_toml_kind kind;
  int depth;
  kws_toml_text key;  // empty for elements of an array
  kws_toml_position key_position;
  kws_toml_position position;
  kws_toml_text text;  // of a string
  int64_t integer;     // of an integer
  double number;       // of a float
  bool boolean;        // of a boolean
} kws_toml_value;

typedef struct kws_toml_document kws_toml_document;

// Parses `length` bytes; null where memory is short or the document is beyond the limit.
kws_toml_document *_Nullable kws_toml_parse(const char *_Nullable bytes, size_t length);

void kws_toml_free(kws_toml_document *_Nonnull document);

// What is wrong with the syntax, and where; false where nothing is. There are no values then.
bool kws_toml_error(
    const kws_toml_document *_Nonnull document, kws_toml_text *_Nonnull description,
    kws_toml_position *_Nonnull position);

// The values in the order in which they stand in the document.
size_t kws_toml_count(const kws_toml_document *_Nonnull document);
kws_toml_value kws_toml_at(const kws_toml_document *_Nonnull document, size_t index);

#ifdef __cplusplus
}
#endif

#endif
