/*
 * scenario.c - from the file to steps; names and escapes in them.
 *
 * It knows the shape of a scenario (t/web/README) and none of its words.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talk.h"

struct scenario scenario;
const struct step *current;

/* ---- The file ------------------------------------------------------------ */

/* A step from its first line. */
static void
add_step(struct scenario *s, int line, const char *text)
{
	size_t n = strcspn(text, " \t");
	struct step *step;

	s->steps = realloc(s->steps, (s->n + 1) * sizeof(*s->steps));
	if (s->steps == NULL)
		broken("out of memory");
	step = &s->steps[s->n++];
	step->line = line;
	step->word = strndup(text, n);
	step->rest = strdup(text + n + strspn(text + n, " \t"));
	step->block = NULL;
}

/* One more line of the last step's block, after this many empty ones. */
static void
add_to_block(struct scenario *s, int line, const char *text, size_t empty)
{
	struct buffer b = { 0 };
	struct step *step;

	if (s->n == 0)
		broken("line %d belongs to no step", line);
	step = &s->steps[s->n - 1];
	if (step->block != NULL) {
		buffer_addz(&b, step->block);
		while (empty-- > 0)
			buffer_addz(&b, "\n");
	}
	buffer_printf(&b, "%s\n", text);
	free(step->block);
	step->block = b.at;
}

void
scenario_read(struct scenario *s, const char *path)
{
	struct buffer text = { 0 };
	char *at, *end;
	size_t empty = 0;
	int line = 0;

	s->path = path;
	if (!buffer_file(&text, path))
		broken("cannot be read");
	for (at = text.at; *at != '\0'; at = end) {
		end = at + strcspn(at, "\n");
		if (*end == '\n')
			*end++ = '\0';
		line++;
		if (*at == '\0') {
			empty++;
			continue;
		}
		if (*at == '\t')
			add_to_block(s, line, at + 1, empty);
		else if (*at == ' ')
			broken("line %d begins with a space", line);
		else if (*at != '#')
			add_step(s, line, at);
		empty = 0;
	}
}

/* ---- Names --------------------------------------------------------------- */

static struct name {
	char	*name, *value;
} *names;
static size_t n_names;

void
name_set(const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < n_names; i++)
		if (strcmp(names[i].name, name) == 0)
			break;
	if (i == n_names) {
		names = realloc(names, ++n_names * sizeof(*names));
		if (names == NULL)
			broken("out of memory");
		names[i].name = strdup(name);
	}
	names[i].value = strdup(value);
}

/* The value of the n bytes at name. */
static const char *
name_find(const char *name, size_t n)
{
	for (size_t i = 0; i < n_names; i++)
		if (strncmp(names[i].name, name, n) == 0 &&
		    names[i].name[n] == '\0')
			return names[i].value;
	return NULL;
}

const char *
name_get(const char *name)
{
	return name_find(name, strlen(name));
}

char *
expanded(const char *text)
{
	struct buffer b = { 0 };
	const char *value;
	size_t n;

	buffer_add(&b, "", 0);
	for (; *text != '\0'; text += n) {
		n = 1;
		if (*text != '@') {
			n = strcspn(text, "@");
			buffer_add(&b, text, n);
			continue;
		}
		while (isalnum((unsigned char)text[n]) || text[n] == '_')
			n++;
		value = text[n] == '@' ? name_find(text + 1, n - 1) : NULL;
		if (value != NULL) {
			buffer_addz(&b, value);
			n++;
		} else {
			buffer_add(&b, text, n);
		}
	}
	return b.at;
}

/* ---- Escapes ------------------------------------------------------------- */

void
unescape(struct buffer *to, const char *text)
{
	static const char letters[] = "rnts\\";
	static const char bytes[] = "\r\n\t \\";
	const char *letter;
	unsigned byte;
	int n;
	char c;

	buffer_add(to, "", 0);
	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			buffer_add(to, text, 1);
			continue;
		}
		text++;
		letter = strchr(letters, *text);
		if (*text != '\0' && letter != NULL) {
			buffer_add(to, &bytes[letter - letters], 1);
		} else if (sscanf(text, "x%2x%n", &byte, &n) == 1 && n == 3) {
			c = (char)byte;
			buffer_add(to, &c, 1);
			text += 2;
		} else {
			broken("\\%c is no escape", *text);
		}
	}
}
