/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "modelsync/memory.h"

/* RFC 7518 section 3.2: as long as the hash; section 3.3: 2048 bits. */
#define SECRET_MIN_BYTES 32
#define RSA_MIN_BITS	 2048

static const struct {
	const char *name;
	int type; /* EVP_PKEY_…; 0 = a shared secret */
} algorithms[KEY_ALGORITHM_COUNT] = {
	[KEY_HS256] = {"HS256", 0},
	[KEY_RS256] = {"RS256", EVP_PKEY_RSA},
	[KEY_ES256] = {"ES256", EVP_PKEY_EC},
};

enum key_algorithm key_algorithm_from_name(const char *name)
{
	int i = 0;

	while (i < KEY_ALGORITHM_COUNT && strcmp(algorithms[i].name, name) != 0)
		i++;
	return (enum key_algorithm)i;
}

static const char *secret_problem(const char *secret)
{
	return strlen(secret) < SECRET_MIN_BYTES ? "is shorter than the 32 bytes that HS256 needs; "
						   "make one: openssl rand -base64 48"
						 : NULL;
}

static const char *fit_problem(EVP_PKEY *pkey, enum key_algorithm algorithm)
{
	char curve[40] = "";

	if (EVP_PKEY_base_id(pkey) != algorithms[algorithm].type)
		return "is not for that algorithm: RS256 needs an RSA key, ES256 one on curve P-256";
	if (algorithm == KEY_RS256 && EVP_PKEY_bits(pkey) < RSA_MIN_BITS)
		return "is shorter than 2048 bits";
	if (algorithm == KEY_ES256 && (!EVP_PKEY_get_group_name(pkey, curve, sizeof(curve), NULL) ||
				       strcmp(curve, "prime256v1") != 0))
		return "is on another curve; ES256 needs P-256 (prime256v1)";
	return NULL;
}

static const char *public_key_problem(const char *pem, enum key_algorithm algorithm)
{
	BIO *in;
	EVP_PKEY *pkey;
	const char *problem;

	if (strstr(pem, "PRIVATE KEY-----"))
		return "holds a private key; give the public one: openssl pkey -pubout -in FILE";
	in = BIO_new_mem_buf(pem, -1);
	pkey = in ? PEM_read_bio_PUBKEY(in, NULL, NULL, NULL) : NULL;
	problem = pkey ? fit_problem(pkey, algorithm)
		       : "holds no public key in PEM form (-----BEGIN PUBLIC KEY-----)";
	EVP_PKEY_free(pkey);
	BIO_free(in);
	ERR_clear_error();
	return problem;
}

/* --- from the configuration --------------------------------------------------------------- */

static bool fail(const struct ms_auth_key_text *t, enum ms_auth_key key, struct ms_error *err,
		 const char *problem)
{
	return ms_fail(err, MS_ERR_CONFIG, "%s: auth_keys.%s: %s",
		       t->keys[key].origin ? t->keys[key].origin : t->origin,
		       ms_auth_key_info(key)->key, problem);
}

static bool take_algorithm(struct key *k, const struct ms_auth_key_text *t, struct ms_error *err)
{
	const char *name = t->keys[MS_AUTH_ALGORITHM].value;

	if (!name)
		return fail(t, MS_AUTH_ALGORITHM, err, "is missing; allowed: HS256, RS256, ES256");
	k->algorithm = key_algorithm_from_name(name);
	if (k->algorithm < KEY_ALGORITHM_COUNT)
		return true;
	return fail(
		t, MS_AUTH_ALGORITHM, err,
		strcmp(name, "EdDSA") == 0
			? "EdDSA is more than the installed libjwt can verify; allowed: HS256, "
			  "RS256, ES256"
			: "is not an algorithm that is verified here; allowed: HS256, RS256, ES256");
}

static bool take_secret(struct key *k, const struct ms_auth_key_text *t, struct ms_error *err)
{
	const char *direct = t->keys[MS_AUTH_SECRET].value,
		   *file = t->keys[MS_AUTH_SECRET_FILE].content, *problem;

	if (t->keys[MS_AUTH_PUBLIC_KEY_FILE].value)
		return fail(t, MS_AUTH_PUBLIC_KEY_FILE, err,
			    "is for RS256 and ES256; HS256 has a secret or secret_file");
	if (!direct == !file)
		return fail(t, MS_AUTH_SECRET, err,
			    direct ? "and secret_file are both set; keep one"
				   : "is missing; HS256 needs it, or secret_file");
	k->material = direct ? direct : file;
	problem = secret_problem(k->material);
	return !problem || fail(t, direct ? MS_AUTH_SECRET : MS_AUTH_SECRET_FILE, err, problem);
}

static bool take_public_key(struct key *k, const struct ms_auth_key_text *t, struct ms_error *err)
{
	const char *problem;

	for (int s = MS_AUTH_SECRET; s <= MS_AUTH_SECRET_FILE; s++)
		if (t->keys[s].value)
			return fail(t, (enum ms_auth_key)s, err,
				    "is for HS256; RS256 and ES256 have a public_key_file");
	k->material = t->keys[MS_AUTH_PUBLIC_KEY_FILE].content;
	problem = k->material ? public_key_problem(k->material, k->algorithm)
			      : "is missing; RS256 and ES256 need it";
	return !problem || fail(t, MS_AUTH_PUBLIC_KEY_FILE, err, problem);
}

static bool take_key(struct keys *keys, const struct ms_auth_key_text *t, struct ms_error *err)
{
	struct key *k = &keys->items[keys->count];

	k->kid = t->keys[MS_AUTH_KID].value ? t->keys[MS_AUTH_KID].value : "";
	for (size_t i = 0; *k->kid && i < keys->count; i++)
		if (strcmp(keys->items[i].kid, k->kid) == 0)
			return fail(t, MS_AUTH_KID, err, "is the name of an earlier key, too");
	keys->count++;
	return take_algorithm(k, t, err) &&
	       (k->algorithm == KEY_HS256 ? take_secret(k, t, err) : take_public_key(k, t, err));
}

static bool take_setting(struct keys *keys, const struct ms_config *config, struct ms_error *err)
{
	const char *secret = ms_config_string(config, MS_OPT_AUTH_SECRET), *problem;

	if (!*secret)
		return true;
	problem = secret_problem(secret);
	if (problem)
		return ms_fail(err, MS_ERR_CONFIG, "%s: auth.secret: %s",
			       ms_config_origin(config, MS_OPT_AUTH_SECRET), problem);
	keys->items[keys->count++] =
		(struct key){.kid = "", .algorithm = KEY_HS256, .material = secret};
	return true;
}

bool keys_load(struct keys *out, const struct ms_config *config, struct ms_error *err)
{
	const struct ms_auth_key_text *texts;
	size_t count = ms_config_auth_keys(config, &texts);
	bool ok = true;

	*out = (struct keys){
		.items = ms_alloc_array(count + 1, sizeof(*out->items)),
		.issuer = ms_config_string(config, MS_OPT_AUTH_ISSUER),
		.audience = ms_config_string(config, MS_OPT_AUTH_AUDIENCE),
		.skew_s = (int)ms_config_int(config, MS_OPT_AUTH_CLOCK_SKEW),
	};
	for (size_t i = 0; ok && i < count; i++)
		ok = take_key(out, &texts[i], err);
	ok = ok && take_setting(out, config, err);
	if (!ok)
		keys_clear(out);
	return ok;
}

void keys_clear(struct keys *k)
{
	ms_free(k->items);
	*k = (struct keys){0};
}
