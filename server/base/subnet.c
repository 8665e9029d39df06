/*
 * subnet.c - IP addresses as numbers, and the networks that hold them.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string.h>

#include "base/subnet.h"

/* inet_pton(3) of a slice. */
static bool
number_parse(int family, struct str text, unsigned char *out)
{
	char z[INET6_ADDRSTRLEN];

	if (text.n >= sizeof(z) || memchr(text.at, 0, text.n) != NULL)
		return false;
	memcpy(z, text.at, text.n);
	z[text.n] = 0;
	return inet_pton(family, z, out) == 1;
}

bool
address_parse(struct address *a, struct str text)
{
	if (text.n == 0)
		return false;
	if (number_parse(AF_INET6, text, a->byte))
		return true;
	memset(a->byte, 0, 10);
	memset(a->byte + 10, 0xff, 2);
	return number_parse(AF_INET, text, a->byte + 12);
}

bool
address_is_ipv4(const struct address *a)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(a->byte, mapped, sizeof(mapped)) == 0;
}

bool
address_is_loopback(const struct address *a)
{
	static const unsigned char loopback[16] = { [15] = 1 };

	if (address_is_ipv4(a))
		return a->byte[12] == 127;
	return memcmp(a->byte, loopback, sizeof(loopback)) == 0;
}

static void
mask_set(unsigned char mask[16], size_t bits)
{
	for (size_t i = 0; i < 16; i++, bits -= bits < 8 ? bits : 8)
		mask[i] = bits >= 8 ? 0xff :
		    (unsigned char)(0xff00 >> bits);
}

/* "24", or for IPv4 "255.255.255.0". */
static bool
mask_parse(struct subnet *n, bool ipv4, struct str text)
{
	uint64_t bits;

	if (str_number(text, 10, ipv4 ? 32 : 128, &bits)) {
		mask_set(n->mask, (size_t)bits + (ipv4 ? 96 : 0));
		return true;
	}
	memset(n->mask, 0xff, 12);
	return ipv4 && text.n > 0 && number_parse(AF_INET, text, n->mask + 12);
}

/* "10", "10.1." and "10.1.2": the leading bytes of an IPv4 address. */
static bool
partial_parse(struct subnet *n, struct str text)
{
	struct str part;
	size_t bytes = 0;
	uint64_t number;

	if (str_ends(text, STR(".")))
		text.n--;
	memset(n->net, 0, 16);
	memset(n->net + 10, 0xff, 2);
	while (str_cut(&text, '.', &part)) {
		if (bytes == 4 || !str_number(part, 10, 255, &number))
			return false;
		n->net[12 + bytes++] = (unsigned char)number;
	}
	mask_set(n->mask, 96 + 8 * bytes);
	return bytes > 0;
}

bool
subnet_parse(struct subnet *n, struct str text)
{
	ptrdiff_t slash = str_find(text, '/');
	struct address a;

	if (slash >= 0) {
		if (!address_parse(&a, str_first(text, (size_t)slash)) ||
		    !mask_parse(n, address_is_ipv4(&a),
		    str_from(text, (size_t)slash + 1)))
			return false;
		memcpy(n->net, a.byte, 16);
	} else if (address_parse(&a, text)) {
		memcpy(n->net, a.byte, 16);
		mask_set(n->mask, 128);
	} else if (!partial_parse(n, text)) {
		return false;
	}
	for (size_t i = 0; i < 16; i++)
		n->net[i] &= n->mask[i];
	return true;
}

bool
subnet_has(const struct subnet *n, const struct address *a)
{
	for (size_t i = 0; i < 16; i++)
		if ((a->byte[i] & n->mask[i]) != n->net[i])
			return false;
	return !address_is_ipv4(a) || n->mask[11] == 0xff;
}
