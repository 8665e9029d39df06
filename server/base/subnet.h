/*
 * subnet.h - IP addresses as numbers, and the networks that hold them.
 *
 * An IPv4 address is kept as the IPv6 one that stands for it, ::ffff:a.b.c.d.
 */
#ifndef BASE_SUBNET_H
#define BASE_SUBNET_H

#include "base/str.h"

struct address {
	unsigned char	byte[16];
};

/* Where all bits of mask are those of net. */
struct subnet {
	unsigned char	net[16], mask[16];
};

/* "10.0.0.1" or "::1"; false for anything else. */
bool	address_parse(struct address *a, struct str text);
bool	address_is_ipv4(const struct address *a);
/* 127.0.0.0/8 or ::1. */
bool	address_is_loopback(const struct address *a);

/* An address, one with "/24" or (IPv4) "/255.255.255.0" behind it, or the
 * leading bytes of an IPv4 address ("10", "10.1."). */
bool	subnet_parse(struct subnet *n, struct str text);
/* An IPv6 network as wide as ::/0 holds no IPv4 address. */
bool	subnet_has(const struct subnet *n, const struct address *a);

#endif
