/*
 * rows.c - print the server's table of directives for check-manual.sh, in the
 * manual's words.  A line for each directive, with tabs between:
 *
 *	module, name, least and most arguments (1000: any number), context,
 *	override, "accepted" or "", the words it takes with | between them
 */
#include <stdio.h>

#include "modules.h"

struct name {
	unsigned	 bits;
	const char	*text;
};

static const struct name contexts[] = {
	{ IN_SERVER, "server config" },
	{ IN_VHOST, "virtual host" },
	{ IN_SECTION, "directory" },
	{ IN_HTACCESS, ".htaccess" },
	{ 0, NULL }
};

static const struct name overrides[] = {
	{ OVERRIDE_AUTHCONFIG, "AuthConfig" },
	{ OVERRIDE_FILEINFO, "FileInfo" },
	{ OVERRIDE_INDEXES, "Indexes" },
	{ OVERRIDE_LIMIT, "Limit" },
	{ OVERRIDE_OPTIONS, "Options" },
	{ 0, NULL }
};

/* The names of all that where has a bit of, or "none". */
static void
print_names(const struct name *names, unsigned where)
{
	const char *between = "\t";

	for (; names->text != NULL; names++)
		if (where & names->bits) {
			printf("%s%s", between, names->text);
			between = ", ";
		}
	if (*between == '\t')
		printf("\tnone");
}

static void
print_row(const struct module *m, const struct directive *row)
{
	static const char *const on_off[] = { "On", "Off", NULL };
	const char *const *words = row->slot == SLOT_FLAG ? on_off :
	    row->slot == SLOT_WORD ? row->words : NULL;
	const char *between = "\t";
	bool split = (row->where & RAW_ARGUMENT) && row->hi != 0;

	printf("%s\t%s\t%d\t%d", m->name, row->name,
	    split ? (int)row->lo : row->min, split ? (int)row->hi : row->max);
	print_names(contexts, row->where);
	if ((row->where & IN_HTACCESS) && (!(row->where & OVERRIDE_ALL) ||
	    (row->where & OVERRIDE_ALL) == OVERRIDE_ALL))
		printf("\tAll");
	else
		print_names(overrides, row->where);
	printf("\t%s", row->where & ACCEPTED_ONLY ? "accepted" : "");
	for (; words != NULL && *words != NULL; words++) {
		printf("%s%s", between, *words);
		between = "|";
	}
	printf("%s\n", *between == '\t' ? "\t" : "");
}

int
main(void)
{
	for (size_t i = 0; i < n_features; i++)
		for (const struct directive *row = features[i]->rows;
		    row != NULL && row->name != NULL; row++)
			print_row(features[i], row);
	return 0;
}
