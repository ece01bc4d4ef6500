/* SPDX-License-Identifier: MIT */
/* Keys from a configuration, and tokens: which are taken, and why the others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jwt.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "modelsync/memory.h"
#include "src/http/token.h"

#define NOW	 1800000000
#define SECRET	 "0123456789abcdef0123456789abcdef"
#define OTHER	 "fedcba9876543210fedcba9876543210"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct pair {
	char *private_pem, *public_pem;
};
static struct {
	char dir[64];
	struct pair rsa, other_rsa, short_rsa, ec, other_curve;
} world;

/* --- keys that the tests sign with -------------------------------------------------------- */

static char *bio_text(BIO *b)
{
	char *data;
	long len = BIO_get_mem_data(b, &data);
	char *text = ms_strndup(data, (size_t)len);

	BIO_free(b);
	return text;
}

static struct pair make_pair(EVP_PKEY *key)
{
	BIO *private = BIO_new(BIO_s_mem()), *public = BIO_new(BIO_s_mem());

	assert_non_null(key);
	assert_int_equal(PEM_write_bio_PrivateKey(private, key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(PEM_write_bio_PUBKEY(public, key), 1);
	EVP_PKEY_free(key);
	return (struct pair){bio_text(private), bio_text(public)};
}

static void free_pair(struct pair p)
{
	ms_free(p.private_pem);
	ms_free(p.public_pem);
}

static int make_world(void **state)
{
	(void)state;
	strcpy(world.dir, "/tmp/modelsync-token-XXXXXX");
	if (!mkdtemp(world.dir))
		return -1;
	world.rsa = make_pair(EVP_RSA_gen(2048));
	world.other_rsa = make_pair(EVP_RSA_gen(2048));
	world.short_rsa = make_pair(EVP_RSA_gen(1024));
	world.ec = make_pair(EVP_EC_gen("P-256"));
	world.other_curve = make_pair(EVP_EC_gen("P-384"));
	return 0;
}

static int clear_world(void **state)
{
	static const char *const files[] = {"conf", "rsa.pem", "ec.pem", "secret", "bad"};
	char path[128];

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", world.dir, files[i]);
		unlink(path);
	}
	rmdir(world.dir);
	free_pair(world.rsa);
	free_pair(world.other_rsa);
	free_pair(world.short_rsa);
	free_pair(world.ec);
	free_pair(world.other_curve);
	return 0;
}

static void put_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", world.dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0600), 0);
}

/* --- settings ----------------------------------------------------------------------------- */

/* %D in the text stands for the directory of the tests. */
static struct ms_config *configure(const char *text, struct ms_error *err)
{
	char path[128], *file = ms_alloc(strlen(text) + 1000), *to = file;
	struct ms_config *c = NULL;
	struct ms_config_source source = {.file = path};

	for (const char *s = text; *s; s++)
		if (strncmp(s, "%D", 2) == 0 && s++)
			to += sprintf(to, "%s", world.dir);
		else
			*to++ = *s;
	*to = '\0';
	put_file("conf", file);
	ms_free(file);
	snprintf(path, sizeof(path), "%s/conf", world.dir);
	return ms_config_load(&c, &source, err) ? c : NULL;
}

struct house {
	struct ms_config *config;
	struct keys keys;
};

static struct house house_of(const char *text)
{
	struct house h;
	struct ms_error err;

	h.config = configure(text, &err);
	if (!h.config || !keys_load(&h.keys, h.config, &err))
		fail_msg("%s", err.message);
	return h;
}

static void leave(struct house *h)
{
	keys_clear(&h->keys);
	ms_config_free(h->config);
}

/* --- tokens ------------------------------------------------------------------------------- */

static char *sign(jwt_alg_t alg, const char *key, const char *kid, const char *claims)
{
	jwt_t *jwt;
	char *out, *text;

	assert_int_equal(jwt_new(&jwt), 0);
	assert_int_equal(jwt_add_grants_json(jwt, claims), 0);
	if (kid)
		assert_int_equal(jwt_add_header(jwt, "kid", kid), 0);
	assert_int_equal(
		jwt_set_alg(jwt, alg, (const unsigned char *)key, key ? (int)strlen(key) : 0), 0);
	out = jwt_encode_str(jwt);
	assert_non_null(out);
	text = ms_strdup(out);
	free(out);
	jwt_free(jwt);
	return text;
}

static void expect_refused(const struct keys *keys, char *text, const char *why)
{
	struct token t;
	struct ms_error err;

	if (token_verify(keys, text, NOW, &t, &err))
		fail_msg("taken, but it %s", why);
	assert_int_equal(err.category, MS_ERR_AUTH);
	if (!strstr(err.message, why))
		fail_msg("\"%s\" is not about \"%s\"", err.message, why);
	ms_free(text);
}

static void expect_taken(const struct keys *keys, char *text, const char *sub)
{
	struct token t;
	struct ms_error err;

	if (!token_verify(keys, text, NOW, &t, &err))
		fail_msg("%s", err.message);
	assert_string_equal(t.sub, sub);
	ms_free(text);
}

#define GOOD   "{\"sub\":\"u1\",\"exp\":1800000100}"
#define SIMPLE "auth = { secret = \"" SECRET "\"; };"

static void three_algorithms(void **state)
{
	struct house h;

	(void)state;
	put_file("rsa.pem", world.rsa.public_pem);
	put_file("ec.pem", world.ec.public_pem);
	put_file("secret", SECRET "\n");
	h = house_of(
		"auth_keys = ({ kid = \"h\"; algorithm = \"HS256\"; secret_file = \"%D/secret\"; },"
		"{ kid = \"r\"; algorithm = \"RS256\"; public_key_file = \"%D/rsa.pem\"; },"
		"{ kid = \"e\"; algorithm = \"ES256\"; public_key_file = \"%D/ec.pem\"; });");
	expect_taken(&h.keys, sign(JWT_ALG_HS256, SECRET, "h", GOOD), "u1");
	expect_taken(&h.keys, sign(JWT_ALG_RS256, world.rsa.private_pem, "r", GOOD), "u1");
	expect_taken(&h.keys, sign(JWT_ALG_ES256, world.ec.private_pem, "e", GOOD), "u1");
	expect_refused(&h.keys, sign(JWT_ALG_HS256, OTHER, "h", GOOD), "signature");
	expect_refused(&h.keys, sign(JWT_ALG_RS256, world.other_rsa.private_pem, "r", GOOD),
		       "signature");
	expect_refused(&h.keys, sign(JWT_ALG_HS256, SECRET, "r", GOOD), "another algorithm");
	expect_refused(&h.keys, sign(JWT_ALG_HS256, SECRET, "x", GOOD), "not known here (kid)");
	expect_refused(&h.keys, sign(JWT_ALG_HS256, SECRET, NULL, GOOD), "not known here (kid)");
	leave(&h);
}

/* Whoever knows the public key would sign with it as if it were a shared secret. */
static void algorithms_are_not_confused(void **state)
{
	static const char *const kids[] = {"r", NULL};
	struct house h;

	(void)state;
	put_file("rsa.pem", world.rsa.public_pem);
	h = house_of(
		"auth_keys = ({ kid = \"r\"; algorithm = \"RS256\"; public_key_file = \"%D/rsa.pem\"; },"
		"{ algorithm = \"RS256\"; public_key_file = \"%D/rsa.pem\"; });");
	for (size_t i = 0; i < COUNT(kids); i++) {
		/* as the file ends, and as it is kept */
		char *kept = ms_strndup(world.rsa.public_pem, strlen(world.rsa.public_pem) - 1);

		expect_refused(&h.keys, sign(JWT_ALG_HS256, world.rsa.public_pem, kids[i], GOOD),
			       "another algorithm");
		expect_refused(&h.keys, sign(JWT_ALG_HS256, kept, kids[i], GOOD),
			       "another algorithm");
		expect_refused(&h.keys, sign(JWT_ALG_NONE, NULL, kids[i], GOOD), "no signed");
		ms_free(kept);
	}
	expect_refused(&h.keys, sign(JWT_ALG_RS384, world.rsa.private_pem, "r", GOOD),
		       "not signed with HS256");
	leave(&h);
}

static void encode(char *to, const char *s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0;
	int n = 0;

	for (; *s; s++) {
		bits = bits << 8 | (unsigned char)*s;
		for (n += 8; n >= 6; n -= 6)
			*to++ = digits[bits >> (n - 6) & 63];
		bits &= 0xff;
	}
	if (n)
		*to++ = digits[bits << (6 - n) & 63];
	*to = '\0';
}

/* header.claims with a signature over other text */
static char *forge(const char *header, const char *claims, const char *signature)
{
	char h[1000], c[1000];

	encode(h, header);
	encode(c, claims);
	return ms_format("%s.%s.%s", h, c, signature);
}

/* The first of two equal names counts here, the last one for libjwt. */
static void headers_with_two_faces(void **state)
{
	struct house h;
	char *signed_text, *signature;

	(void)state;
	put_file("rsa.pem", world.rsa.public_pem);
	h = house_of("auth_keys = ({ algorithm = \"RS256\"; public_key_file = \"%D/rsa.pem\"; });");
	signed_text = sign(JWT_ALG_HS256, world.rsa.public_pem, NULL, GOOD);
	signature = strrchr(signed_text, '.') + 1;
	expect_refused(&h.keys, forge("{\"alg\":\"RS256\",\"alg\":\"HS256\"}", GOOD, signature),
		       "signature");
	expect_refused(&h.keys, forge("{\"alg\":\"RS256\",\"alg\":\"none\"}", GOOD, signature),
		       "signature");
	expect_refused(&h.keys, forge("{\"alg\":\"none\"}", GOOD, signature), "not signed with");
	expect_refused(&h.keys, forge("{\"alg\":\"nOnE\"}", GOOD, signature), "not signed with");
	expect_refused(&h.keys, forge("{\"alg\":[\"RS256\"]}", GOOD, signature), "not signed with");
	expect_refused(&h.keys, forge("{\"alg\":\"RS256\",\"crit\":[\"exp\"]}", GOOD, signature),
		       "crit");
	expect_refused(&h.keys, forge("[\"RS256\"]", GOOD, signature), "no signed");
	ms_free(signed_text);
	leave(&h);
}

static void broken_tokens(void **state)
{
	static const char *const texts[] = {"",	   ".",	      "..",    "...",	   "a.b.c",
					    "a.b", "a.b.c.d", "=.=.=", "a+b.c/d.e"};
	struct house h = house_of(SIMPLE);
	char *good = sign(JWT_ALG_HS256, SECRET, NULL, GOOD), *big = ms_alloc(20001);
	size_t len = strlen(good);
	struct token t;
	struct ms_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		expect_refused(&h.keys, ms_strdup(texts[i]), "no signed");
	for (size_t cut = 1; cut < len; cut++) { /* truncated, anywhere */
		char *part = ms_strndup(good, len - cut);

		assert_false(token_verify(&h.keys, part, NOW, &t, &err));
		ms_free(part);
	}
	for (size_t at = 0; at < len; at++) { /* any character changed */
		char *other = ms_strdup(good);

		other[at] = other[at] == 'A' ? 'B' : 'A';
		/* the last digit of the signature has bits that mean nothing */
		if (at + 1 < len)
			assert_false(token_verify(&h.keys, other, NOW, &t, &err));
		ms_free(other);
	}
	memset(big, 'a', 20000);
	expect_refused(&h.keys, big, "too long");
	ms_free(good);
	leave(&h);
}

static void times(void **state)
{
	static const struct {
		const char *claims, *why; /* NULL = taken */
	} rows[] = {
		{"{\"sub\":\"u1\",\"exp\":1800000001}", NULL},
		{"{\"sub\":\"u1\",\"exp\":1799999991}", NULL}, /* within the skew of 10 s */
		{"{\"sub\":\"u1\",\"exp\":1799999990}", "expired"},
		{"{\"sub\":\"u1\",\"exp\":1}", "expired"},
		{"{\"sub\":\"u1\",\"exp\":-1}", "expired"},
		{"{\"sub\":\"u1\",\"exp\":1800000001.5}", NULL},
		{"{\"sub\":\"u1\",\"exp\":1e300}", "when it expires"},
		{"{\"sub\":\"u1\",\"exp\":\"1800000100\"}", "when it expires"},
		{"{\"sub\":\"u1\",\"exp\":null}", "when it expires"},
		{"{\"sub\":\"u1\"}", "when it expires"},
		{"{\"sub\":\"u1\",\"exp\":1800000100,\"nbf\":1800000010}", NULL},
		{"{\"sub\":\"u1\",\"exp\":1800000100,\"nbf\":1800000011}", "not valid yet"},
		{"{\"sub\":\"u1\",\"exp\":1800000100,\"nbf\":\"soon\"}", "nbf"},
	};
	struct house h = house_of("auth = { secret = \"" SECRET "\"; clock_skew = 10; };");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].why)
			expect_refused(&h.keys, sign(JWT_ALG_HS256, SECRET, NULL, rows[i].claims),
				       rows[i].why);
		else
			expect_taken(&h.keys, sign(JWT_ALG_HS256, SECRET, NULL, rows[i].claims),
				     "u1");
	leave(&h);
}

static void parties(void **state)
{
#define UNTIL ",\"exp\":1800000100}"
	static const struct {
		const char *claims, *why;
	} rows[] = {
		{"{\"sub\":\"u1\",\"iss\":\"me\",\"aud\":\"api\"" UNTIL, NULL},
		{"{\"sub\":\"u1\",\"iss\":\"me\",\"aud\":[\"x\",\"api\"]" UNTIL, NULL},
		{"{\"sub\":\"u1\",\"iss\":\"me\",\"aud\":[\"x\"]" UNTIL, "aud"},
		{"{\"sub\":\"u1\",\"iss\":\"me\",\"aud\":[]" UNTIL, "aud"},
		{"{\"sub\":\"u1\",\"iss\":\"me\",\"aud\":\"apis\"" UNTIL, "aud"},
		{"{\"sub\":\"u1\",\"iss\":\"me\",\"aud\":{\"api\":1}" UNTIL, "aud"},
		{"{\"sub\":\"u1\",\"iss\":\"me\"" UNTIL, "aud"},
		{"{\"sub\":\"u1\",\"iss\":\"you\",\"aud\":\"api\"" UNTIL, "iss"},
		{"{\"sub\":\"u1\",\"iss\":[\"me\"],\"aud\":\"api\"" UNTIL, "iss"},
		{"{\"sub\":\"u1\",\"aud\":\"api\"" UNTIL, "iss"},
		{"{\"iss\":\"me\",\"aud\":\"api\"" UNTIL, "sub"},
		{"{\"sub\":\"\",\"iss\":\"me\",\"aud\":\"api\"" UNTIL, "sub"},
		{"{\"sub\":7,\"iss\":\"me\",\"aud\":\"api\"" UNTIL, "sub"},
	};
	struct house h = house_of("auth = { secret = \"" SECRET
				  "\"; issuer = \"me\"; audience = \"api\"; };");
	char claims[600], sub[300];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].why)
			expect_refused(&h.keys, sign(JWT_ALG_HS256, SECRET, NULL, rows[i].claims),
				       rows[i].why);
		else
			expect_taken(&h.keys, sign(JWT_ALG_HS256, SECRET, NULL, rows[i].claims),
				     "u1");
	memset(sub, 's', sizeof(sub) - 1);
	sub[sizeof(sub) - 1] = '\0';
	snprintf(claims, sizeof(claims), "{\"sub\":\"%s\",\"iss\":\"me\",\"aud\":\"api\"" UNTIL,
		 sub);
	expect_refused(&h.keys, sign(JWT_ALG_HS256, SECRET, NULL, claims), "too long (sub)");
	leave(&h);
}

/* One key takes the place of another without a token failing on the way. */
static void keys_rotate(void **state)
{
	struct house both, named, mixed, none;

	(void)state;
	both = house_of("auth_keys = ({ algorithm = \"HS256\"; secret = \"" OTHER "\"; });" SIMPLE);
	expect_taken(&both.keys, sign(JWT_ALG_HS256, SECRET, NULL, GOOD), "u1");
	expect_taken(&both.keys, sign(JWT_ALG_HS256, OTHER, NULL, GOOD), "u1");
	expect_taken(&both.keys, sign(JWT_ALG_HS256, OTHER, "whatever", GOOD), "u1");
	leave(&both);
	named = house_of("auth_keys = ({ kid = \"old\"; algorithm = \"HS256\"; secret = \"" SECRET
			 "\"; },"
			 "{ kid = \"new\"; algorithm = \"HS256\"; secret = \"" OTHER "\"; });");
	expect_taken(&named.keys, sign(JWT_ALG_HS256, SECRET, "old", GOOD), "u1");
	expect_taken(&named.keys, sign(JWT_ALG_HS256, OTHER, "new", GOOD), "u1");
	expect_refused(&named.keys, sign(JWT_ALG_HS256, OTHER, "old", GOOD), "signature");
	leave(&named);
	mixed = house_of("auth_keys = ({ kid = \"new\"; algorithm = \"HS256\"; secret = \"" OTHER
			 "\"; });" SIMPLE);
	expect_taken(&mixed.keys, sign(JWT_ALG_HS256, OTHER, "new", GOOD), "u1");
	expect_taken(&mixed.keys, sign(JWT_ALG_HS256, SECRET, NULL, GOOD), "u1");
	expect_refused(&mixed.keys, sign(JWT_ALG_HS256, SECRET, "new", GOOD), "signature");
	expect_refused(&mixed.keys, sign(JWT_ALG_HS256, SECRET, "gone", GOOD),
		       "not known here (kid)");
	expect_refused(&mixed.keys, sign(JWT_ALG_HS256, SECRET, "", GOOD), "not known here (kid)");
	leave(&mixed);
	none = house_of("");
	expect_refused(&none.keys, sign(JWT_ALG_HS256, SECRET, NULL, GOOD), "no key is set up");
	leave(&none);
}

static void bad_keys(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"auth = { secret = \"short\"; };", "shorter than the 32 bytes"},
		{"auth_keys = ({ algorithm = \"HS256\"; secret = \"short\"; });",
		 "shorter than the 32"},
		{"auth_keys = ({ algorithm = \"HS256\"; });", "secret: is missing"},
		{"auth_keys = ({ kid = \"a\"; secret = \"" SECRET "\"; });",
		 "algorithm: is missing"},
		{"auth_keys = ({ algorithm = \"none\"; });", "not an algorithm"},
		{"auth_keys = ({ algorithm = \"hs256\"; secret = \"" SECRET "\"; });",
		 "not an algorithm"},
		{"auth_keys = ({ algorithm = \"EdDSA\"; });", "EdDSA"},
		{"auth_keys = ({ algorithm = \"RS256\"; });", "public_key_file: is missing"},
		{"auth_keys = ({ algorithm = \"RS256\"; secret = \"" SECRET "\"; });",
		 "is for HS256"},
		{"auth_keys = ({ algorithm = \"HS256\"; public_key_file = \"%D/bad\"; });",
		 "is for RS256"},
		{"auth_keys = ({ algorithm = \"HS256\"; secret = \"" SECRET
		 "\"; secret_file = \"%D/secret\"; });",
		 "both set"},
		{"auth_keys = ({ kid = \"a\"; algorithm = \"HS256\"; secret = \"" SECRET "\"; },"
		 "{ kid = \"a\"; algorithm = \"HS256\"; secret = \"" OTHER "\"; });",
		 "earlier key"},
		{"auth_keys = ({ algorithm = \"HS256\"; secrets = \"x\"; });", "unknown key"},
		{"auth_keys = ({ algorithm = \"RS256\"; public_key_file = \"%D/none\"; });",
		 "cannot read"},
		{"auth_keys = { };", "allowed: auth_keys = ("},
	};
	struct {
		const char *algorithm, *pem, *why;
	} files[] = {
		{"RS256", world.rsa.private_pem, "private key"},
		{"RS256", world.ec.public_pem, "not for that algorithm"},
		{"ES256", world.rsa.public_pem, "not for that algorithm"},
		{"RS256", world.short_rsa.public_pem, "shorter than 2048"},
		{"ES256", world.other_curve.public_pem, "another curve"},
		{"RS256", "hello", "no public key"},
		{"RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		 "no public key"},
	};
	char text[300];
	struct ms_error err;

	(void)state;
	put_file("bad", "x");
	put_file("secret", SECRET);
	for (size_t i = 0; i < COUNT(rows) + COUNT(files); i++) {
		const char *why = i < COUNT(rows) ? rows[i].why : files[i - COUNT(rows)].why;
		struct ms_config *c;
		struct keys keys;

		if (i >= COUNT(rows)) {
			put_file("bad", files[i - COUNT(rows)].pem);
			snprintf(
				text, sizeof(text),
				"auth_keys = ({ algorithm = \"%s\"; public_key_file = \"%%D/bad\"; });",
				files[i - COUNT(rows)].algorithm);
		}
		c = configure(i < COUNT(rows) ? rows[i].text : text, &err);
		if (c && keys_load(&keys, c, &err))
			fail_msg("taken: %s", why);
		assert_int_equal(err.category, MS_ERR_CONFIG);
		if (!strstr(err.message, why))
			fail_msg("\"%s\" is not about \"%s\"", err.message, why);
		assert_null(strstr(err.message, SECRET));
		ms_config_free(c);
	}
}

static void secrets_are_private(void **state)
{
	static const char text[] =
		"auth_keys = ({ algorithm = \"HS256\"; secret = \"" SECRET "\"; });";
	struct ms_config_source source;
	struct ms_config *c;
	struct ms_error err;
	char path[128];

	(void)state;
	put_file("conf", text);
	snprintf(path, sizeof(path), "%s/conf", world.dir);
	assert_int_equal(chmod(path, 0644), 0);
	source = (struct ms_config_source){.file = path};
	assert_false(ms_config_load(&c, &source, &err));
	assert_non_null(strstr(err.message, "everyone on this machine can read"));
	unlink(path);
}

/* A token that was taken is taken again until it expires, and no other one in its place. */
static void remembered_tokens(void **state)
{
	struct house h = house_of("auth = { secret = \"" SECRET "\"; clock_skew = 0; };");
	struct token_cache *cache = token_cache_new();
	char claims[80], *text;
	struct token t;
	struct ms_error err;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 5000; i++) { /* more than there are places */
			snprintf(claims, sizeof(claims), "{\"sub\":\"u%d\",\"exp\":%d}", i,
				 NOW + 10);
			text = sign(JWT_ALG_HS256, SECRET, NULL, claims);
			snprintf(claims, sizeof(claims), "u%d", i);
			assert_true(token_cache_verify(cache, &h.keys, text, NOW, &t, &err));
			assert_string_equal(t.sub, claims);
			assert_true(token_cache_verify(cache, &h.keys, text, NOW + 9, &t, &err));
			assert_string_equal(t.sub, claims);
			assert_int_equal(t.until, NOW + 10);
			assert_false(token_cache_verify(cache, &h.keys, text, NOW + 10, &t, &err));
			text[strlen(text) - 5] ^= 1;
			assert_false(token_cache_verify(cache, &h.keys, text, NOW, &t, &err));
			ms_free(text);
		}
	token_cache_free(cache);
	leave(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_algorithms),
		cmocka_unit_test(algorithms_are_not_confused),
		cmocka_unit_test(headers_with_two_faces),
		cmocka_unit_test(broken_tokens),
		cmocka_unit_test(times),
		cmocka_unit_test(parties),
		cmocka_unit_test(keys_rotate),
		cmocka_unit_test(bad_keys),
		cmocka_unit_test(secrets_are_private),
		cmocka_unit_test(remembered_tokens),
	};

	return cmocka_run_group_tests_name("token", tests, make_world, clear_world);
}
