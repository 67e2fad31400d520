interface Place { readonly start: number; readonly end: number }

/** The text of one field of a form; null when it is not there. Files in the form are not looked at. */
export function readFormField(form: Buffer, name: string): string | null {
  const place = findField(form, name);
  return place === null ? null : form.toString('utf8', place.start, place.end).trim();
}

export function replaceFormField(form: Buffer, name: string, value: string): Buffer {
  const place = findField(form, name);
  return place === null ? form : Buffer.concat([form.subarray(0, place.start), Buffer.from(value), form.subarray(place.end)]);
}

function findField(form: Buffer, name: string): Place | null {
  const heading = form.indexOf(`name="${name}"`);
  const blank = heading < 0 ? -1 : form.indexOf('\r\n\r\n', heading);
  const end = blank < 0 ? -1 : form.indexOf('\r\n', blank + 4);
  return end < 0 ? null : { start: blank + 4, end };
}
