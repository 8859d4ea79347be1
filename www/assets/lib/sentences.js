/** The language of this portal. The build writes this file anew when another than English was chosen (docs/adr/0018). */

export const language = 'en';

/** Sentences, or their forms by number, that differ from the English in the code. @type {Record<string, string | Record<string, string>>} */
export const sentences = {};
