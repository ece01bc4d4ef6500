/* SPDX-License-Identifier: MIT */
/*
 * Tokens as they come from outside. What is taken must have been signed, and nobody here has the
 * key: so nothing but the sample is ever taken, and that one always.
 */
#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"
#include "src/http/negotiate.h"
#include "src/http/token.h"

#define NOW 1800000000

/* Signed with this secret: {"alg":"HS256","typ":"JWT"} {"sub":"u1","exp":1800000100} */
static const char secret[] = "0123456789abcdef0123456789abcdef";
static const char sample[] =
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MSIsImV4cCI6MTgwMDAwMDEwMH0."
	"Psn-TdmKOq_eMEsXn45R1y_IebVviFBPU1sUE5CNs_k";
static struct key items[] = {
	{.kid = "", .algorithm = KEY_HS256, .material = secret},
	{.kid = "r", .algorithm = KEY_RS256, .material = "-----BEGIN PUBLIC KEY-----\n"},
	{.kid = "e", .algorithm = KEY_ES256, .material = "-----BEGIN PUBLIC KEY-----\n"},
};
static const struct keys keys = {.items = items, .count = 3, .issuer = "", .audience = ""};

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = ms_strndup((const char *)data, size);
	static struct token_cache *cache;
	struct token token;
	struct ms_error err;
	bool is_taken;

	if (!cache)
		cache = token_cache_new();
	is_taken = token_cache_verify(cache, &keys, text, NOW, &token, &err);
	/* a digit whose last bits mean nothing may be another one */
	require(!is_taken || strncmp(text, sample, sizeof(sample) - 2) == 0);
	require(is_taken || err.category == MS_ERR_AUTH);
	require(token_cache_verify(cache, &keys, sample, NOW, &token, &err));
	require(token_cache_verify(cache, &keys, text, NOW, &token, &err) == is_taken);
	(void)negotiate_takes_gzip(text);
	(void)negotiate_has_tag(text, "\"abc\"");
	ms_free(text);
	return 0;
}
