const DAY_SECONDS = 86_400;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

/** The words under a time axis: days where the steps are days, else the time, and the day where a new one begins. */
export function formatAxisTimes(splits: readonly number[]): string[] {
  const stepSeconds = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((seconds, index) => {
    const at = new Date(seconds * 1_000);
    if (stepSeconds >= DAY_SECONDS) return day.format(at);
    const before = splits[index - 1];
    if (before !== undefined && day.format(new Date(before * 1_000)) !== day.format(at)) return day.format(at);
    return (stepSeconds < 60 ? clockSeconds : clock).format(at);
  });
}

/** The moment under the cursor. */
export function formatMoment(seconds: number): string {
  const at = new Date(seconds * 1_000);
  return `${day.format(at)} ${clockSeconds.format(at)}`;
}
