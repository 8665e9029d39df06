/*
 * challenge.h - answer a server that asks for a proof by digest (RFC 7616), in
 * the right way and in wrong ones.  Shares no code with the server.
 */
#ifndef PEER_CHALLENGE_H
#define PEER_CHALLENGE_H

/*
 * The value of an Authorization field for a challenge, the value of a
 * WWW-Authenticate field.  words is "USER PASSWORD [NAME=VALUE ...]": a value
 * to use in place of the right one: realm, nonce, uri, qop ("none": the form of
 * RFC 2069), nc, cnonce, algorithm, opaque, or response, which is replaced
 * after it was worked out, as are told-uri and told-user; drop=NAME leaves one
 * out.  NULL: that is no challenge by digest.  The text is malloc()'s.
 */
char	*challenge_answer(const char *challenge, const char *words,
	    const char *method, const char *uri);

/* Replace what is random in the value of a field: nonce="N" and so on. */
void	 challenge_normal(char *value);

#endif
