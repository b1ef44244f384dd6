/** What data sets and backbones may be called: safe in object keys, file names, workflow ids and terminals. */
export const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The same for people, after "a name". */
export const NAME_RULE = 'of 1 to 63 lower-case letters, digits, ".", "_" or "-"';
