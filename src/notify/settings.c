/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "modelsync/memory.h"
#include "modelsync/notify.h"

static bool fail(struct ms_error *err, enum ms_option option, const char *problem)
{
	return ms_fail(err, MS_ERR_CONFIG, "notify.%s: %s", ms_option_info(option)->key, problem);
}

/* RFC 5321 without quoted local parts, comments and literals, which nobody has; above all, nothing
 * that would mean something in a command or a header. */
static bool is_address(const char *s, size_t len)
{
	const char *at = memchr(s, '@', len);

	for (size_t i = 0; i < len; i++)
		if (!isgraph((unsigned char)s[i]) || strchr("<>()[]\\,;:\"", s[i]))
			return false;
	return at && at > s && at + 1 < s + len && len <= 254 &&
	       !memchr(at + 1, '@', (size_t)(s + len - at - 1));
}

/* "a@example.org, b@example.org" */
static bool read_recipients(struct notify_settings *s, const char *list, struct ms_error *err)
{
	while (*list) {
		size_t len = strcspn(list, ","), end = len, begin = strspn(list, " \t");

		while (end > begin && isblank((unsigned char)list[end - 1]))
			end--;
		if (!is_address(list + begin, end > begin ? end - begin : 0))
			return ms_fail(err, MS_ERR_CONFIG,
				       "notify.email_to: \"%.*s\" is not an address; allowed: "
				       "ann@example.org, bob@example.org",
				       (int)(len < 100 ? len : 100), list);
		if (s->to_count == RECIPIENTS_MAX)
			return ms_fail(err, MS_ERR_CONFIG,
				       "notify.email_to: more than %d addresses", RECIPIENTS_MAX);
		s->to[s->to_count++] = ms_strndup(list + begin, end - begin);
		list += len + (list[len] == ',');
	}
	return true;
}

static bool read_sender(struct notify_settings *s, const char *from, struct ms_error *err)
{
	char host[256] = "";

	if (!*from) {
		if (gethostname(host, sizeof(host) - 1) != 0 || !*host)
			strcpy(host, "localhost");
		s->from = ms_format("modelsync@%s", host);
	} else {
		s->from = ms_strdup(from);
	}
	return is_address(s->from, strlen(s->from)) ||
	       ms_fail(err, MS_ERR_CONFIG,
		       "notify.email_from: \"%.100s\" is not an address; allowed: ann@example.org",
		       s->from);
}

/* Whether text is a URL of one of the two schemes with a host; *host is owned. */
static bool is_url(const char *text, const char *a, const char *b, char **host)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *name = NULL;
	bool good = u && curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK &&
		    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		    curl_url_get(u, CURLUPART_HOST, &name, 0) == CURLUE_OK &&
		    (strcasecmp(scheme, a) == 0 || strcasecmp(scheme, b) == 0);

	*host = good ? ms_strdup(name) : NULL;
	curl_free(scheme);
	curl_free(name);
	curl_url_cleanup(u);
	return good;
}

static bool is_this_machine(const char *host)
{
	return strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
	       strcmp(host, "[::1]") == 0;
}

static bool read_mail(struct notify_settings *s, const struct ms_config *c, struct ms_error *err)
{
	const char *tls = ms_config_string(c, MS_OPT_NOTIFY_SMTP_TLS);
	char *host;

	if (!read_recipients(s, ms_config_string(c, MS_OPT_NOTIFY_EMAIL_TO), err) ||
	    !read_sender(s, ms_config_string(c, MS_OPT_NOTIFY_EMAIL_FROM), err))
		return false;
	if (!is_url(s->smtp_url, "smtp", "smtps", &host))
		return fail(err, MS_OPT_NOTIFY_SMTP_URL,
			    "is not an smtp:// or smtps:// URL with the name of a host");
	if (strchr(s->smtp_url, '@')) {
		ms_free(host);
		return fail(
			err, MS_OPT_NOTIFY_SMTP_URL,
			"holds a log-in, which belongs into notify.smtp_user and smtp_password");
	}
	s->wants_tls =
		strcmp(tls, "always") == 0 || (strcmp(tls, "auto") == 0 && !is_this_machine(host));
	ms_free(host);
	if (*s->smtp_password && !*s->smtp_user)
		return fail(err, MS_OPT_NOTIFY_SMTP_USER,
			    "is not set, and notify.smtp_password is: set both");
	if (s->to_count)
		s->channels |= MS_CHANNEL_BIT(MS_CHANNEL_EMAIL);
	return true;
}

static bool read_hook(struct notify_settings *s, enum ms_channel channel, enum ms_option option,
		      const char *url, struct ms_error *err)
{
	char *host = NULL;

	if (!*url)
		return true;
	if (!is_url(url, "https", "http", &host))
		return fail(err, option, "is not an https:// or http:// URL");
	ms_free(host);
	s->channels |= MS_CHANNEL_BIT(channel);
	return true;
}

static char *copy(const struct ms_config *c, enum ms_option option)
{
	return ms_strdup(ms_config_string(c, option));
}

bool notify_settings_read(struct notify_settings *out, const struct ms_config *c,
			  struct ms_error *err)
{
	*out = (struct notify_settings){
		.smtp_url = copy(c, MS_OPT_NOTIFY_SMTP_URL),
		.smtp_user = copy(c, MS_OPT_NOTIFY_SMTP_USER),
		.smtp_password = copy(c, MS_OPT_NOTIFY_SMTP_PASSWORD),
		.slack_url = copy(c, MS_OPT_NOTIFY_SLACK_URL),
		.webhook_url = copy(c, MS_OPT_NOTIFY_WEBHOOK_URL),
		.webhook_secret = copy(c, MS_OPT_NOTIFY_WEBHOOK_SECRET),
		.ca_file = copy(c, MS_OPT_NOTIFY_CA_FILE),
		.subject_prefix = copy(c, MS_OPT_NOTIFY_SUBJECT_PREFIX),
		.timeout_s = (int)ms_config_int(c, MS_OPT_NOTIFY_TIMEOUT),
	};
	return read_mail(out, c, err) &&
	       read_hook(out, MS_CHANNEL_SLACK, MS_OPT_NOTIFY_SLACK_URL, out->slack_url, err) &&
	       read_hook(out, MS_CHANNEL_WEBHOOK, MS_OPT_NOTIFY_WEBHOOK_URL, out->webhook_url, err);
}

void notify_settings_clear(struct notify_settings *s)
{
	for (size_t i = 0; i < s->to_count; i++)
		ms_free(s->to[i]);
	ms_free(s->from);
	ms_free(s->smtp_url);
	ms_free(s->smtp_user);
	ms_free(s->smtp_password);
	ms_free(s->slack_url);
	ms_free(s->webhook_url);
	ms_free(s->webhook_secret);
	ms_free(s->ca_file);
	ms_free(s->subject_prefix);
	*s = (struct notify_settings){0};
}

bool ms_notify_check(const struct ms_config *config, struct ms_error *err)
{
	struct notify_settings s;
	bool ok = notify_settings_read(&s, config, err);

	notify_settings_clear(&s);
	return ok;
}

static void warn_of_mail(const struct notify_settings *s, const struct ms_config *c,
			 struct ms_text *out)
{
	if (!ms_config_is_set(c, MS_OPT_NOTIFY_SMTP_URL))
		ms_text_add(out, "notify.smtp_url is not set: mail goes to smtp://localhost\n");
	if (!ms_config_is_set(c, MS_OPT_NOTIFY_EMAIL_FROM))
		ms_text_addf(out, "notify.email_from is not set: mail comes from %s\n", s->from);
	if (*s->smtp_user && !s->wants_tls && strncasecmp(s->smtp_url, "smtp:", 5) == 0)
		ms_text_add(out, "notify.smtp_tls: the password travels without encryption\n");
}

void ms_notify_warnings(const struct ms_config *config, struct ms_text *out)
{
	struct notify_settings s;
	struct ms_error err;

	if (notify_settings_read(&s, config, &err)) {
		if (s.channels & MS_CHANNEL_BIT(MS_CHANNEL_EMAIL))
			warn_of_mail(&s, config, out);
		if ((s.channels & MS_CHANNEL_BIT(MS_CHANNEL_WEBHOOK)) && !*s.webhook_secret)
			ms_text_add(out,
				    "notify.webhook_secret is not set: posts are not signed\n");
	}
	notify_settings_clear(&s);
}
