/*
 * regex_atom.c - what stands for single bytes and positions in a regular
 * expression: escapes, references to groups, classes.
 *
 * It must know nothing of structure: what it is given begins with a backslash
 * or an opening bracket, and it returns one leaf (for \R, a small tree).
 *
 * Invariant: ASCII rules only; a byte over 127 is in no named class.
 */
#include <string.h>

#include "base/arena.h"
#include "base/char.h"
#include "base/regex_tree.h"

enum {
	NOT_A_BYTE = -1,	/* the letter means something else */
	BAD_BYTE = -2		/* it failed */
};

static int
bad_byte(struct parser *p, size_t offset, const char *message)
{
	parser_fails(p, offset, message);
	return BAD_BYTE;
}

/* Up to max digits of this base at the next byte; beyond 255 stays there. */
static unsigned
read_digits(struct parser *p, int base, size_t max)
{
	unsigned n = 0;
	int digit;

	for (; max > 0 && p->i < p->in.n; p->i++, max--) {
		digit = char_hex(p->in.at[p->i]);
		if (digit < 0 || digit >= base)
			break;
		if (n <= UINT8_MAX)
			n = n * (unsigned)base + (unsigned)digit;
	}
	return n;
}

/* {...} with the number of a byte. */
static int
byte_in_braces(struct parser *p, int base)
{
	size_t from = p->i++;
	unsigned n = read_digits(p, base, SIZE_MAX);

	if (!parser_sees(p, '}') || p->i == from + 1)
		return bad_byte(p, from, "not a number in { }");
	p->i++;
	if (n > UINT8_MAX)
		return bad_byte(p, from, "the number of a byte is over 255");
	return (int)n;
}

/* \ddd with the digits from the next byte on. */
static int
byte_in_octal(struct parser *p)
{
	size_t from = p->i;
	unsigned n = read_digits(p, 8, 3);

	if (n > UINT8_MAX)
		return bad_byte(p, from, "the number of a byte is over 255");
	return (int)n;
}

static int
byte_of_control(struct parser *p)
{
	char c;

	if (p->i >= p->in.n || p->in.at[p->i] < ' ' || p->in.at[p->i] > '~')
		return bad_byte(p, p->i - 1,
		    "\\c without a printable character");
	c = p->in.at[p->i++];
	return char_upper(c) ^ 0x40;
}

/* The byte that \c stands for, inside and outside of classes, or NOT_A_BYTE or
 * BAD_BYTE.  p->i is just after c. */
static int
escaped_byte(struct parser *p, char c)
{
	static const char letters[] = "tnrfea", bytes[] = "\t\n\r\f\033\a";
	const char *letter;

	if (!char_is_alnum((unsigned char)c))
		return (unsigned char)c;
	if ((letter = strchr(letters, c)) != NULL)
		return bytes[letter - letters];
	if (c == 'c')
		return byte_of_control(p);
	if (c == 'x' && parser_sees(p, '{'))
		return byte_in_braces(p, 16);
	if (c == 'x')
		return (int)read_digits(p, 16, 2);
	if (c == 'o' && parser_sees(p, '{'))
		return byte_in_braces(p, 8);
	if (c >= '0' && c <= '7') {
		p->i--;
		return byte_in_octal(p);
	}
	return NOT_A_BYTE;
}

static void
add_bytes(struct byteset *set, const char *bytes)
{
	for (; *bytes != '\0'; bytes++)
		set_add(set, (unsigned char)*bytes);
}

/* The ranges of a POSIX class: pairs of first and last byte. */
static const struct {
	const char	*name;
	const char	*ranges;
} posix_classes[] = {
	{ "alpha",	"AZaz" },
	{ "lower",	"az" },
	{ "upper",	"AZ" },
	{ "alnum",	"09AZaz" },
	{ "blank",	"\t\t  " },
	{ "cntrl",	"\1\37\177\177" },
	{ "digit",	"09" },
	{ "graph",	"!~" },
	{ "print",	" ~" },
	{ "punct",	"!/:@[`{~" },
	{ "space",	"\t\r  " },
	{ "word",	"09AZ__az" },
	{ "xdigit",	"09AFaf" },
	{ "ascii",	"\1\177" },
};

static bool
add_posix_class(struct byteset *set, struct str name)
{
	size_t n = sizeof(posix_classes) / sizeof(posix_classes[0]), i = 0;
	const char *r;

	while (i < n && !str_is(name, posix_classes[i].name))
		i++;
	if (i == n)
		return false;
	for (r = posix_classes[i].ranges; *r != '\0'; r += 2)
		set_add_range(set, (unsigned char)r[0], (unsigned char)r[1]);
	if (str_is(name, "cntrl") || str_is(name, "ascii"))
		set_add(set, '\0');
	return true;
}

/* The bytes of \d and its like; false when \c is none of them. */
static bool
escaped_set(char c, struct byteset *set)
{
	*set = (struct byteset){ .word = { 0 } };
	switch (char_lower(c)) {
	case 'd':
		add_posix_class(set, STR("digit"));
		break;
	case 'w':
		add_posix_class(set, STR("word"));
		break;
	case 's':
		add_posix_class(set, STR("space"));
		break;
	case 'h':
		add_bytes(set, "\t \xa0");
		break;
	case 'v':
		add_bytes(set, "\n\v\f\r\x85");
		break;
	default:
		return false;
	}
	if (char_lower(c) != c)
		set_invert(set);
	return true;
}

static bool
escaped_position(char c, enum position *position)
{
	static const struct {
		char		letter;
		enum position	position;
	} letters[] = {
		{ 'A', AT_START }, { 'G', AT_START },
		{ 'z', AT_END }, { 'Z', AT_END_OR_NEWLINE },
		{ 'b', AT_WORD_EDGE }, { 'B', NOT_AT_WORD_EDGE },
		{ 'K', KEEP_FROM_HERE },
	};

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (letters[i].letter == c) {
			*position = letters[i].position;
			return true;
		}
	}
	return false;
}

/* \N, any byte but the newline, with .  even in dotall mode. */
static struct tree *
not_newline(struct parser *p, size_t from)
{
	struct byteset set = { .word = { 0 } };

	if (parser_sees(p, '{') && p->i + 1 < p->in.n &&
	    !char_is_digit((unsigned char)p->in.at[p->i + 1]))
		return parser_fails(p, from, "\\N{...} is not supported");
	set_add(&set, '\n');
	set_invert(&set);
	return tree_set(p, &set);
}

/* \R, a line break of any kind, which is never split. */
static struct tree *
line_break(struct parser *p)
{
	struct tree *choice = tree_new(p, TREE_CHOICE);
	struct tree *crlf = tree_new(p, TREE_LITERAL);
	struct byteset set;

	text_add(&crlf->text, STR("\r\n"));
	crlf->shortest = crlf->longest = 2;
	escaped_set('v', &set);
	tree_add(choice, crlf);
	tree_add(choice, tree_set(p, &set));
	return tree_around(p, TREE_ATOMIC, choice);
}

static struct tree *
reference(struct parser *p, size_t offset, uint32_t number, struct str name)
{
	struct reference *r = arena_one(p->arena, struct reference);

	r->tree = tree_new(p, TREE_BACKREF);
	r->tree->number = number;
	r->tree->fold = p->flags & REGEX_NOCASE;
	r->tree->longest = REGEX_NO_LIMIT;
	r->name = name;
	r->offset = offset;
	r->next = p->references;
	p->references = r;
	return r->tree;
}

struct tree *
atom_named_reference(struct parser *p, size_t offset, char end)
{
	struct str name;

	if (!parser_name(p, end, &name))
		return NULL;
	return reference(p, offset, 0, name);
}

/* The decimal number at the next byte; false when there is none.  One that is
 * larger than any group's number stays so. */
static bool
read_number(struct parser *p, uint32_t *n)
{
	size_t from = p->i;

	*n = 0;
	for (; p->i < p->in.n; p->i++) {
		char c = p->in.at[p->i];

		if (!char_is_digit((unsigned char)c))
			break;
		if (*n < UINT32_MAX / 20)
			*n = *n * 10 + (uint32_t)(c - '0');
	}
	return p->i > from;
}

/* \g1 \g{1} \g{-1} \g{+1} \g{name}, p->i just after the g. */
static struct tree *
g_reference(struct parser *p, size_t from)
{
	uint32_t n, n_groups = p->pattern->n_groups;
	bool braces = parser_sees(p, '{');
	char sign = '\0';

	p->i += braces;
	if (parser_sees(p, '-') || parser_sees(p, '+'))
		sign = p->in.at[p->i++];
	if (!read_number(p, &n)) {
		if (!braces || sign != '\0')
			return parser_fails(p, from, "a group's number or "
			    "{name} is missing after \\g");
		return atom_named_reference(p, from, '}');
	}
	if (braces && !parser_sees(p, '}'))
		return parser_fails(p, from, "missing } after \\g{");
	p->i += braces;
	if (n == 0 || (sign == '-' && n > n_groups))
		n = UINT32_MAX;
	else if (sign == '-')
		n = n_groups + 1 - n;
	else if (sign == '+')
		n = n_groups + n;
	return reference(p, from, n, STR_NONE);
}

/* \k<name> \k'name' \k{name}, p->i just after the k. */
static struct tree *
k_reference(struct parser *p, size_t from)
{
	static const char opening[] = "<'{", closing[] = ">'}";

	for (int i = 0; opening[i] != '\0'; i++) {
		if (parser_sees(p, opening[i])) {
			p->i++;
			return atom_named_reference(p, from, closing[i]);
		}
	}
	return parser_fails(p, from, "a group's <name> is missing after \\k");
}

/*
 * \1 to \9 are references, and so are larger numbers when there are so many
 * groups already, or when they cannot be octal.  NULL: neither, or it failed.
 */
static struct tree *
number_reference(struct parser *p, size_t from)
{
	size_t digits = p->i - 1;
	uint32_t n;

	p->i = digits;
	read_number(p, &n);
	if (n < 10 || p->in.at[digits] >= '8' || n <= p->pattern->n_groups)
		return reference(p, from, n, STR_NONE);
	p->i = digits + 1;
	return NULL;
}

struct tree *
atom_escape(struct parser *p)
{
	size_t from = p->i;
	enum position position;
	struct byteset set;
	struct tree *t;
	char c;
	int byte;

	if (from + 1 == p->in.n)
		return parser_fails(p, from, "\\ at the end");
	c = p->in.at[from + 1];
	p->i += 2;
	if (c >= '1' && c <= '9' && (t = number_reference(p, from)) != NULL)
		return t;
	if (escaped_set(c, &set))
		return tree_set(p, &set);
	if (c == 'K' && p->n_looks > 0)
		return parser_fails(p, from, "\\K inside a lookaround");
	if (escaped_position(c, &position))
		return tree_position(p, position);
	if (c == 'N')
		return not_newline(p, from);
	if (c == 'R')
		return line_break(p);
	if (c == 'g')
		return g_reference(p, from);
	if (c == 'k')
		return k_reference(p, from);
	byte = escaped_byte(p, c);
	if (byte == NOT_A_BYTE)
		return parser_fails(p, from, strchr("CFLPUXlpu", c) != NULL ?
		    "this escape is not supported" : "unknown escape");
	return byte < 0 ? NULL : tree_byte(p, (unsigned char)byte);
}

/* A class while it is read. */
struct class {
	struct byteset	set;
	size_t		from;		/* its bracket */
	enum {
		FRESH,			/* nothing that could begin a range */
		BYTE,			/* "last" could */
		DASH,			/* "last" and a hyphen were read */
		SET			/* \d or [:x:], which cannot */
	} state;
	size_t		dash;		/* where the hyphen was */
	unsigned char	last;
};

static bool
class_add(struct parser *p, struct class *class, unsigned char c)
{
	if (class->state != DASH) {
		set_add(&class->set, c);
		class->last = c;
		class->state = BYTE;
		return true;
	}
	if (c < class->last) {
		parser_fails(p, class->dash - 1, "a range is out of order");
		return false;
	}
	set_add_range(&class->set, class->last, c);
	class->state = FRESH;
	return true;
}

static bool
class_add_set(struct parser *p, struct class *class, const struct byteset *set)
{
	if (class->state == DASH) {
		parser_fails(p, class->dash, "a range ends in a set of bytes");
		return false;
	}
	set_add_all(&class->set, set);
	class->state = SET;
	return true;
}

/* A hyphen that was neither escaped nor quoted. */
static bool
class_dash(struct parser *p, struct class *class)
{
	size_t at = p->i++;

	if (class->state == SET && !parser_sees(p, ']')) {
		parser_fails(p, at, "a range begins with a set of bytes");
		return false;
	}
	if (class->state != BYTE)
		return class_add(p, class, '-');
	class->dash = at;
	class->state = DASH;
	return true;
}

static bool
class_escape(struct parser *p, struct class *class)
{
	size_t from = p->i;
	struct byteset set;
	char c;
	int byte;

	if (from + 1 == p->in.n) {
		parser_fails(p, class->from, "missing ]");
		return false;
	}
	c = p->in.at[from + 1];
	p->i += 2;
	if (escaped_set(c, &set))
		return class_add_set(p, class, &set);
	if (c == 'b')
		byte = '\b';
	else if (c == '8' || c == '9')
		byte = c;
	else
		byte = escaped_byte(p, c);
	if (byte == NOT_A_BYTE)
		parser_fails(p, from, "unknown escape in a class");
	return byte >= 0 && class_add(p, class, (unsigned char)byte);
}

/* Does [: :], [. .] or [= =] begin at the next byte?  Then *inside is what is
 * in between. */
static bool
sees_posix(const struct parser *p, struct str *inside)
{
	struct str rest = str_from(p->in, p->i + 1);
	size_t i = 1;
	char kind;

	if (rest.n < 3 || strchr(":.=", rest.at[0]) == NULL ||
	    rest.at[0] == '\0')
		return false;
	kind = rest.at[0];
	for (; i + 1 < rest.n; i++) {
		if (rest.at[i] == '\\' &&
		    (rest.at[i + 1] == ']' || rest.at[i + 1] == '\\')) {
			i++;
		} else if (rest.at[i] == kind && rest.at[i + 1] == ']') {
			*inside = str_n(rest.at + 1, i - 1);
			return true;
		} else if (rest.at[i] == ']' ||
		    (rest.at[i] == '[' && rest.at[i + 1] == kind))
			break;
	}
	return false;
}

static bool
class_posix(struct parser *p, struct class *class, struct str name)
{
	struct byteset set = { .word = { 0 } };
	bool negative = str_starts(name, STR("^"));
	size_t from = p->i;

	if (p->in.at[from + 1] != ':') {
		parser_fails(p, from, "[. .] and [= =] are not supported");
		return false;
	}
	p->i += name.n + 4;
	name = str_from(name, negative);
	if ((p->flags & REGEX_NOCASE) &&
	    (str_is(name, "upper") || str_is(name, "lower")))
		name = STR("alpha");
	if (!add_posix_class(&set, name)) {
		parser_fails(p, from, "unknown POSIX class");
		return false;
	}
	if (negative)
		set_invert(&set);
	return class_add_set(p, class, &set);
}

/* Between the brackets, up to the closing one, which is not read. */
static bool
class_items(struct parser *p, struct class *class)
{
	struct str posix;
	bool first = true, on = true;
	char c;

	while (on && p->i < p->in.n) {
		c = p->in.at[p->i];
		if (parser_sees_all(p, "\\E")) {
			p->quoted = false;
			p->i += 2;
			continue;
		} else if (!p->quoted && parser_sees_all(p, "\\Q")) {
			p->quoted = true;
			p->i += 2;
			continue;
		} else if (c == ']' && !p->quoted && !first)
			return true;
		else if (c == '[' && !p->quoted && sees_posix(p, &posix))
			on = class_posix(p, class, posix);
		else if (c == '\\' && !p->quoted)
			on = class_escape(p, class);
		else if (c == '-' && !p->quoted)
			on = class_dash(p, class);
		else {
			on = class_add(p, class, (unsigned char)c);
			p->i++;
		}
		first = false;
	}
	if (on)
		parser_fails(p, class->from, "missing ]");
	return false;
}

struct tree *
atom_class(struct parser *p)
{
	struct class class = { .from = p->i };
	struct str posix;
	bool negative;

	if (sees_posix(p, &posix))
		return parser_fails(p, p->i,
		    "a POSIX class outside of a class: it takes [[: :]]");
	p->i++;
	while (parser_sees_all(p, "\\E") || parser_sees_all(p, "\\Q\\E"))
		p->i += 2;
	negative = parser_sees(p, '^');
	p->i += negative;
	if (!class_items(p, &class))
		return NULL;
	p->i++;
	if (class.state == DASH)
		set_add(&class.set, '-');
	if (p->flags & REGEX_NOCASE)
		set_fold(&class.set);
	if (negative)
		set_invert(&class.set);
	return tree_set(p, &class.set);
}
