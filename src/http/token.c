/* SPDX-License-Identifier: MIT */
/*
 * libjwt checks signatures. What it does not check is checked here: that the algorithm is the
 * key's, before the key is used and again by what libjwt understood; form, times, issuer and
 * audience. It would take the text of a public key for a shared secret, and expired tokens.
 */
#include "token.h"

#include <jwt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"

#define KEYS_TRIED_MAX 8

static const jwt_alg_t jwt_algorithms[KEY_ALGORITHM_COUNT] = {
	[KEY_HS256] = JWT_ALG_HS256,
	[KEY_RS256] = JWT_ALG_RS256,
	[KEY_ES256] = JWT_ALG_ES256,
};

static bool refuse(struct ms_error *err, const char *problem)
{
	return ms_fail(err, MS_ERR_AUTH, "the token %s", problem);
}

/* --- form --------------------------------------------------------------------------------- */

static int digit_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* base64url without padding (RFC 7515 section 2); *out is owned. */
static bool decode(const char *text, size_t len, struct ms_text *out)
{
	unsigned bits = 0;
	int n = 0;

	ms_text_init(out, 0);
	for (size_t i = 0; i < len; i++) {
		int value = digit_value(text[i]);
		char byte;

		if (value < 0)
			return false;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		byte = (char)(bits >> n & 0xff);
		ms_text_add_bytes(out, &byte, 1);
	}
	return len && len % 4 != 1;
}

/* One of the three parts between dots as bytes; NULL when it is not encoded as it should be. */
static bool decode_part(const char **text, char end, struct ms_text *out)
{
	size_t len = strcspn(*text, ".");
	const char *at = *text;

	*text += len + 1;
	return decode(at, len, out) && at[len] == end;
}

static struct ms_json *parse_object(const struct ms_text *text)
{
	struct ms_error ignored;
	struct ms_json *v = ms_json_parse(ms_text_str(text), text->len, &ignored);

	if (ms_json_is_object(v))
		return v;
	ms_json_free(v);
	return NULL;
}

/* The header of a token that has the form of one. Owned; NULL = it has not. */
static struct ms_json *read_header(const char *text)
{
	struct ms_text header, payload, signature;
	struct ms_json *v = NULL;
	bool is_formed;

	ms_text_init(&payload, 0);
	ms_text_init(&signature, 0);
	is_formed = decode_part(&text, '.', &header) && decode_part(&text, '.', &payload) &&
		    decode_part(&text, '\0', &signature);
	if (is_formed)
		v = parse_object(&header);
	ms_text_clear(&header);
	ms_text_clear(&payload);
	ms_text_clear(&signature);
	return v;
}

/* --- signature ---------------------------------------------------------------------------- */

/* The claims, if that key has signed them. Owned. */
static struct ms_json *verify_with(const struct key *key, const char *text)
{
	struct ms_error ignored;
	struct ms_json *claims = NULL;
	char *printed = NULL;
	jwt_t *jwt = NULL;

	if (jwt_decode(&jwt, text, (const unsigned char *)key->material,
		       (int)strlen(key->material)) == 0 &&
	    jwt_get_alg(jwt) == jwt_algorithms[key->algorithm])
		printed = jwt_get_grants_json(jwt, NULL);
	if (printed)
		claims = ms_json_parse(printed, strlen(printed), &ignored);
	free(printed);
	jwt_free(jwt);
	return claims;
}

static size_t find_named(const struct keys *keys, const char *kid, const struct key **out)
{
	size_t n = 0;

	for (size_t i = 0; n < KEYS_TRIED_MAX && i < keys->count; i++)
		if (strcmp(keys->items[i].kid, kid) == 0)
			out[n++] = &keys->items[i];
	return n;
}

static bool have_names(const struct keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		if (*keys->items[i].kid)
			return true;
	return false;
}

/*
 * The key that the token names; for a token that names none, those without a name. Where no key has
 * a name, what the token calls its own says nothing.
 */
static size_t find_keys(const struct keys *keys, const struct ms_json *kid, const struct key **out)
{
	const char *name = ms_json_text(kid);

	if (ms_json_is_null(kid) || !have_names(keys))
		return find_named(keys, "", out);
	return *name ? find_named(keys, name, out) : 0;
}

static struct ms_json *verify_signature(const struct keys *keys, const struct ms_json *header,
					const char *text, struct ms_error *err)
{
	const struct key *candidates[KEYS_TRIED_MAX];
	enum key_algorithm algorithm =
		key_algorithm_from_name(ms_json_text(ms_json_get(header, "alg")));
	size_t n = find_keys(keys, ms_json_get(header, "kid"), candidates);
	struct ms_json *claims = NULL;

	refuse(err, algorithm == KEY_ALGORITHM_COUNT ? "is not signed with HS256, RS256 or ES256"
		    : !n			     ? "names a key that is not known here (kid)"
			 : "has another algorithm than its key is for (alg)");
	for (size_t i = 0; !claims && i < n; i++)
		if (candidates[i]->algorithm == algorithm) {
			claims = verify_with(candidates[i], text);
			refuse(err, "has a signature that does not fit");
		}
	return claims;
}

/* Extensions that must be understood (RFC 7515 section 4.1.11) are none of ours. */
static struct ms_json *read_claims(const struct keys *keys, const struct ms_json *header,
				   const char *text, struct ms_error *err)
{
	if (!ms_json_get(header, "crit"))
		return verify_signature(keys, header, text, err);
	refuse(err, "demands extensions that are not known here (crit)");
	return NULL;
}

/* --- claims ------------------------------------------------------------------------------- */

/* NumericDate (RFC 7519 section 2) as whole seconds. */
static bool read_time(const struct ms_json *v, int64_t *out)
{
	double n = ms_json_number(v, NAN);

	if (!ms_json_is_number(v) || !(fabs(n) < 1e15))
		return false;
	*out = (int64_t)floor(n);
	return true;
}

static bool check_times(const struct ms_json *claims, int skew_s, int64_t now, struct token *out,
			struct ms_error *err)
{
	const struct ms_json *from = ms_json_get(claims, "nbf");
	int64_t begins, expires;

	if (!read_time(ms_json_get(claims, "exp"), &expires))
		return refuse(err, "does not say when it expires (exp)");
	out->until = expires + skew_s;
	if (now >= out->until)
		return refuse(err, "has expired");
	if (from && !read_time(from, &begins))
		return refuse(err, "does not say clearly from when it is valid (nbf)");
	if (from && now < begins - skew_s)
		return refuse(err, "is not valid yet");
	return true;
}

/* A string, or a list of them (RFC 7519 section 4.1.3). */
static bool is_meant_for(const struct ms_json *audience, const char *wanted)
{
	if (!ms_json_is_array(audience))
		return strcmp(ms_json_text(audience), wanted) == 0;
	for (const struct ms_json *v = ms_json_first(audience); v; v = ms_json_next(v))
		if (strcmp(ms_json_text(v), wanted) == 0)
			return true;
	return false;
}

static bool check_parties(const struct ms_json *claims, const struct keys *keys, struct token *out,
			  struct ms_error *err)
{
	const char *sub = ms_json_text(ms_json_get(claims, "sub"));

	if (*keys->issuer && strcmp(ms_json_text(ms_json_get(claims, "iss")), keys->issuer) != 0)
		return refuse(err, "was issued by somebody else (iss)");
	if (*keys->audience && !is_meant_for(ms_json_get(claims, "aud"), keys->audience))
		return refuse(err, "is meant for somebody else (aud)");
	if (!*sub)
		return refuse(err, "does not say whose it is (sub)");
	if (strlen(sub) >= sizeof(out->sub))
		return refuse(err, "has a subject that is too long (sub)");
	memcpy(out->sub, sub, strlen(sub) + 1);
	return true;
}

bool token_verify(const struct keys *keys, const char *text, int64_t now, struct token *out,
		  struct ms_error *err)
{
	struct ms_json *header, *claims;
	bool ok;

	*out = (struct token){0};
	if (!keys->count)
		return refuse(err, "cannot be verified: no key is set up here");
	if (strlen(text) > TOKEN_MAX_BYTES)
		return refuse(err, "is too long");
	header = read_header(text);
	if (!header)
		return refuse(err, "is no signed JSON web token");
	claims = read_claims(keys, header, text, err);
	ms_json_free(header);
	ok = claims && check_times(claims, keys->skew_s, now, out, err) &&
	     check_parties(claims, keys, out, err);
	ms_json_free(claims);
	return ok;
}

/* --- cache -------------------------------------------------------------------------------- */

#define CACHE_PLACES   1024 /* a power of two */
#define CACHE_TEXT_MAX 2048
#define CACHE_SUB_SIZE 64

struct place {
	char *text; /* owned; NULL = empty */
	size_t len;
	int64_t until;
	char sub[CACHE_SUB_SIZE];
};
struct token_cache {
	struct place places[CACHE_PLACES];
};

struct token_cache *token_cache_new(void)
{
	return ms_alloc(sizeof(struct token_cache));
}

void token_cache_free(struct token_cache *c)
{
	for (size_t i = 0; i < CACHE_PLACES; i++)
		ms_free(c->places[i].text);
	ms_free(c);
}

static const char *signature_of(const char *text)
{
	const char *dot = strrchr(text, '.');

	return dot ? dot : text;
}

/* FNV-1a over the signature, which is different enough. */
static struct place *place_of(struct token_cache *c, const char *signature)
{
	uint32_t hash = 2166136261u;

	for (const char *s = signature; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 16777619u;
	return &c->places[(hash ^ hash >> 16) & (CACHE_PLACES - 1)];
}

/* How long it takes tells nobody how much of a signature he has guessed; the rest is no secret. */
static bool is_same(const struct place *place, const char *text, size_t len, const char *signature)
{
	size_t open = (size_t)(signature - text);

	return place->text && place->len == len && memcmp(place->text, text, open) == 0 &&
	       CRYPTO_memcmp(place->text + open, signature, len - open) == 0;
}

static void keep(struct place *place, const char *text, size_t len, const struct token *token)
{
	if (len > CACHE_TEXT_MAX || strlen(token->sub) >= sizeof(place->sub))
		return;
	ms_free(place->text);
	place->text = ms_strdup(text);
	place->len = len;
	place->until = token->until;
	strcpy(place->sub, token->sub);
}

bool token_cache_verify(struct token_cache *c, const struct keys *keys, const char *text,
			int64_t now, struct token *out, struct ms_error *err)
{
	const char *signature = signature_of(text);
	struct place *place = place_of(c, signature);
	size_t len = strlen(text);

	if (is_same(place, text, len, signature) && now < place->until) {
		out->until = place->until;
		strcpy(out->sub, place->sub);
		return true;
	}
	if (!token_verify(keys, text, now, out, err))
		return false;
	keep(place, text, len, out);
	return true;
}
