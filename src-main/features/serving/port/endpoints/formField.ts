import { badRequest } from '../portError.ts';

interface Place { readonly start: number; readonly end: number }

const HEAD_END = '\r\n\r\n';

/** The text of one field of a form; null when it is not there. Files in the form are not looked at. @throws PortError where it comes twice */
export function readFormField(form: Buffer, name: string): string | null {
  const place = findField(form, name);
  return place === null ? null : form.toString('utf8', place.start, place.end).trim();
}

export function replaceFormField(form: Buffer, name: string, value: string): Buffer {
  const place = findField(form, name);
  return place === null ? form : Buffer.concat([form.subarray(0, place.start), Buffer.from(value), form.subarray(place.end)]);
}

function findField(form: Buffer, name: string): Place | null {
  const isNamed = new RegExp(`^content-disposition:.*;\\s*name="?${name}"?\\s*(;|$)`, 'im');
  const places = listParts(form).flatMap(({ head, start, end }) => (isNamed.test(head) ? [{ start, end }] : []));
  if (places.length > 1) throw badRequest(`"${name}" must come once.`, name);
  return places[0] ?? null;
}

/** The parts of a form, whose first line is what stands between them. */
function listParts(form: Buffer): (Place & { readonly head: string })[] {
  const parts: (Place & { readonly head: string })[] = [];
  const lineEnd = form.indexOf('\r\n');
  const line = Buffer.concat([Buffer.from('\r\n'), form.subarray(0, Math.max(0, lineEnd))]);
  let at = lineEnd;
  while (at >= 0) {
    const headEnd = form.indexOf(HEAD_END, at);
    const start = headEnd + HEAD_END.length;
    const end = headEnd < 0 ? -1 : form.indexOf(line, start);
    if (end < 0) return parts;
    parts.push({ head: form.toString('latin1', at, headEnd), start, end });
    at = end + line.length;
  }
  return parts;
}
