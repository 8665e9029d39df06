/*
 * options.c - see options.h.
 */
#include <string.h>

#include "base/arena.h"
#include "conf/setting.h"
#include "serve/options.h"

struct bit_word {
	const char	*word;
	unsigned	 bits;
};

static const struct bit_word option_words[] = {
	{ "Indexes", OPTION_INDEXES },
	{ "Includes", OPTION_INCLUDES },
	{ "IncludesNOEXEC", OPTION_INCLUDES_NOEXEC },
	{ "FollowSymLinks", OPTION_FOLLOW_LINKS },
	{ "SymLinksIfOwnerMatch", OPTION_LINKS_IF_OWNER },
	{ "ExecCGI", OPTION_EXEC_CGI },
	{ "MultiViews", OPTION_MULTIVIEWS },
	{ "RunScripts", OPTION_MULTIVIEWS | OPTION_EXEC_CGI },
	{ "All", OPTION_ALL },
	{ "None", 0 },
	{ 0 }
};

static const struct bit_word etag_words[] = {
	{ "MTime", ETAG_MTIME },
	{ "Size", ETAG_SIZE },
	{ "INode", ETAG_INODE },
	{ "Digest", ETAG_DIGEST },
	{ "All", ETAG_MTIME | ETAG_SIZE | ETAG_INODE },
	{ "None", ETAG_NONE },
	{ 0 }
};

static const struct bit_word *
bit_word_find(const struct bit_word *words, struct str word)
{
	for (; words->word != NULL; words++)
		if (str_is_nocase(word, words->word))
			return words;
	return NULL;
}

static const char *
bit_word_near(const struct bit_word *words, struct str word)
{
	const char *names[16];
	size_t n = 0;

	while (words[n].word != NULL && n < 16) {
		names[n] = words[n].word;
		n++;
	}
	return nearest_name(word, names, n);
}

static const char *
bit_word_unknown(struct setting *s, int arg, const struct bit_word *words)
{
	struct str word = str_of(s->argv[arg].z);

	if (str_starts(word, STR("+")) || str_starts(word, STR("-")))
		word = str_from(word, 1);
	const char *near = bit_word_near(words, word);
	if (near != NULL)
		s->hint = str_zfmt(s->arena, "did you mean %s?", near);
	return setting_error(s, arg, "does not know \"%s\"",
	    s->argv[arg].z);
}

static const char *
bit_word_forbidden(struct setting *s, int arg, const char *word)
{
	s->hint = str_zfmt(s->arena, "it needs AllowOverride Options=%s",
	    word);
	return setting_error(s, arg, "%s not allowed here", word);
}

/* One word with its sign into the set. */
static void
bits_take(struct options *o, char sign, unsigned bits)
{
	if (sign == '+') {
		o->add |= bits;
		o->remove &= ~bits;
	} else if (sign == '-') {
		o->remove |= bits;
		o->add &= ~bits;
	} else {
		o->absolute = true;
		o->set |= bits;
	}
}

/*
 * Apache's rule: either all words have a sign or none has; only after All or
 * None may signed words follow ("Options All -Indexes").  With mixed, signed
 * words may follow any others ("FileETag INode +Size").
 */
static const char *
bits_read(struct setting *s, const struct bit_word *words, unsigned allowed,
    bool mixed, struct options *o)
{
	bool plain = false, is_signed = false, whole = false;

	for (int i = 0; i < s->argc; i++) {
		const char *z = s->argv[i].z;
		char sign = *z == '+' || *z == '-' ? *z++ : 0;
		const struct bit_word *w = bit_word_find(words, str_of(z));

		if (w == NULL)
			return bit_word_unknown(s, i, words);
		if (w->bits & ~allowed)
			return bit_word_forbidden(s, i, w->word);
		/* As in Apache: it means something else than one thinks. */
		if (sign != 0 && (strcmp(w->word, "None") == 0 ||
		    strcmp(w->word, "All") == 0))
			return setting_error(s, i, "cannot have + or - before "
			    "%s", w->word);
		if (sign != 0)
			is_signed = true;
		else if (strcmp(w->word, "All") == 0 ||
		    strcmp(w->word, "None") == 0)
			whole = true;
		else
			plain = true;
		if (plain && is_signed && !mixed)
			return setting_error(s, i, "must have + or - before "
			    "every option or before none");
		if (sign == 0 && !o->absolute)
			*o = (struct options){ .absolute = true };
		if (sign == 0 && whole && !plain)
			o->set = 0;
		bits_take(o, sign, w->bits);
	}
	return NULL;
}

void
options_merge(const struct options *outer, const struct options *inner,
    struct options *result)
{
	if (inner->absolute) {
		*result = *inner;
		return;
	}
	*result = *outer;
	result->add = (outer->add & ~inner->remove) | inner->add;
	result->remove = (outer->remove & ~inner->add) | inner->remove;
}

const char *
options_set(struct setting *s)
{
	const struct override *o = s->reading->override;
	struct core_conf *c = s->conf;

	/* A second line without signs in one scope replaces the first. */
	if (s->argc == 0) {
		setting_warn(s, -1, "without a word changes nothing");
		return NULL;
	}
	if (s->argv[0].z[0] != '+' && s->argv[0].z[0] != '-')
		c->options = (struct options){ 0 };
	return bits_read(s, option_words, o != NULL ? o->options : ~0u,
	    false, &c->options);
}

const char *
options_set_etag(struct setting *s)
{
	struct core_conf *c = s->conf;

	return bits_read(s, etag_words, ~0u, true, &c->etag);
}

bool
options_named(struct str word, unsigned *bits)
{
	const struct bit_word *w = bit_word_find(option_words, word);

	if (w != NULL)
		*bits = w->bits;
	return w != NULL;
}

const char *
options_near(struct str word)
{
	return bit_word_near(option_words, word);
}
