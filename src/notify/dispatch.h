/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_NOTIFY_DISPATCH_H
#define MODELSYNC_NOTIFY_DISPATCH_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "modelsync/text.h"

/*
 * One transfer at a time, driven by a multi handle because that can be woken: a server that accepts
 * and says nothing keeps nobody from stopping.
 */
struct dispatch {
	CURLM *multi;
	atomic_bool is_cancelled;
};

/* What came of it. */
struct dispatch_answer {
	CURLcode code;
	bool was_cancelled;
	bool is_all_sent;	      /* the last byte of ours has left */
	long status;		      /* of HTTP, or the last reply of SMTP; 0 = none */
	long retry_after_s;	      /* 0 = not said */
	char reason[CURL_ERROR_SIZE]; /* libcurl's words */
	struct ms_text body;	      /* of an HTTP answer, the beginning */
	char reply[300];	      /* SMTP: the last reply */
	char refused[300];	      /* SMTP: the last reply that refuses something; "" = none */
};
void dispatch_answer_clear(struct dispatch_answer *a);

/* With what all have in common: time limit, certificates (ca_file "": the system's), no signals. */
CURL *dispatch_handle(const char *url, const char *schemes, const char *ca_file, int timeout_s);

/* Posts body with these headers. */
void dispatch_post(struct dispatch *d, CURL *easy, struct curl_slist *headers, const char *body,
		   struct dispatch_answer *out);
/* Mails text, which has its lines in CRLF. */
void dispatch_mail(struct dispatch *d, CURL *easy, const char *from, struct curl_slist *to,
		   const struct ms_text *text, struct dispatch_answer *out);

#endif
