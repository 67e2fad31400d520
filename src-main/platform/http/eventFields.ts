/**
 * A field of our own in server-sent events between the embedded engine and the model port: of how many pieces of an answer,
 * about a token each, the event is made. Not there for one. Readers leave out fields that they do not know.
 */
export const PIECES_FIELD = 'pieces';
