/* SPDX-License-Identifier: MIT */
#include "sent.h"

#include <string.h>
#include <strings.h>

#define FIELD(name)                                                                                \
	{                                                                                          \
		name, sizeof(name) - 1                                                             \
	}

static const struct {
	const char *name;
	size_t len;
} fields[HTTP_FIELD_COUNT] = {
	[HTTP_ACCEPT_ENCODING] = FIELD("Accept-Encoding"),
	[HTTP_AUTHORIZATION] = FIELD("Authorization"),
	[HTTP_CONTENT_LENGTH] = FIELD("Content-Length"),
	[HTTP_CONTENT_TYPE] = FIELD("Content-Type"),
	[HTTP_IF_NONE_MATCH] = FIELD("If-None-Match"),
	[HTTP_ORIGIN] = FIELD("Origin"),
	[HTTP_REQUEST_ID] = FIELD("X-Request-Id"),
	[HTTP_REQUESTED_METHOD] = FIELD("Access-Control-Request-Method"),
	[HTTP_TRANSFER_ENCODING] = FIELD("Transfer-Encoding"),
};

static int find(const char *name, size_t len)
{
	int i = 0;

	while (i < HTTP_FIELD_COUNT &&
	       (fields[i].len != len || strncasecmp(fields[i].name, name, len) != 0))
		i++;
	return i;
}

void sent_add(struct http_sent *sent, const char *name, size_t len, const char *value)
{
	int field = find(name, len);

	sent->is_odd = sent->is_odd || (len && (name[len - 1] == ' ' || name[len - 1] == '\t'));
	if (field == HTTP_FIELD_COUNT)
		return;
	if (!value)
		value = "";
	if (!sent->values[field])
		sent->values[field] = value;
	if (field == HTTP_CONTENT_LENGTH || field == HTTP_TRANSFER_ENCODING)
		sent->framings++;
	if (field == HTTP_TRANSFER_ENCODING && strcasecmp(value, "chunked") != 0)
		sent->is_odd = true;
}

bool sent_is_ambiguous(const struct http_sent *sent)
{
	return sent->is_odd || sent->framings > 1;
}
