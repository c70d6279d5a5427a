/** When an event occurred: RFC 3339, or Unix seconds or milliseconds. Everything becomes milliseconds since 1970. */
import type { Milliseconds } from "../identity/types.ts";

/** A Unix time below this is in seconds (until the year 5138), above in milliseconds (from March 1973 on). */
const SECONDS_BELOW = 1e11;
/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: RFC 3339 has four digits for the year. */
const EARLIEST = -62_167_219_200_000;
const LATEST = 253_402_300_799_999;

// A time of day without an offset is taken as UTC; so is a date alone. Ruby writes "UTC" for Z, and GitLab sends that.
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s?(?:([Zz]|UTC)|([+-])(\d\d):?(\d\d))?)?$/;

const DAY_MINUTES = 24 * 60;

/** Undefined for anything that is no time. */
export function parseTime(value: unknown): Milliseconds | undefined {
  if (typeof value === "number") return fromUnix(value);
  if (typeof value !== "string") return undefined;
  const plain = fromPlainUtc(value);
  if (plain !== undefined) return plain;
  const text = value.trim();
  if (/^\d{1,16}(\.\d+)?$/.test(text)) return fromUnix(Number(text));
  return fromRfc3339(text);
}

function fromUnix(number: number): Milliseconds | undefined {
  if (!Number.isFinite(number) || number < 0) return undefined;
  // A fraction of a second is rounded to the millisecond it stands for; doubles put 0.29 s at 289.999… ms.
  const milliseconds = number < SECONDS_BELOW ? Math.round(number * 1000) : Math.trunc(number);
  return milliseconds <= LATEST ? milliseconds : undefined;
}

/** Years before the hundredth are years of the twentieth century to Date.UTC. */
const PLAIN_YEAR_MIN = 100;
/** What each month has in every year. */
const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `2026-01-31T12:00:00Z` and `2026-01-31T12:00:00.000Z`, as nearly every sender writes it. Undefined for any other text,
 * also for such as are times.
 */
function fromPlainUtc(text: string): Milliseconds | undefined {
  const { length } = text;
  const hasFraction = length === 24;
  if (!hasFraction && length !== 20) return undefined;
  if (!hasSigns(text, hasFraction)) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const fraction = hasFraction ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
  // No comparison is true of NaN.
  const isDay = year >= PLAIN_YEAR_MIN && day >= 1 && day <= (DAYS_OF_MONTHS[month - 1] ?? 0);
  const isTimeOfDay = hour <= 23 && minute <= 59 && second <= 59 && fraction >= 0;
  if (!isDay || !isTimeOfDay) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction);
}

/** Whether all that is no digit stands where it has to. */
function hasSigns(text: string, hasFraction: boolean): boolean {
  return (
    text[4] === "-" &&
    text[7] === "-" &&
    text[10] === "T" &&
    text[13] === ":" &&
    text[16] === ":" &&
    (!hasFraction || text[19] === ".") &&
    text[text.length - 1] === "Z"
  );
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** NaN where none stands there. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function fromRfc3339(text: string): Milliseconds | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const fraction = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  // A leap second is the last moment of its minute.
  const leap = second === 60;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  date.setUTCHours(hour, minute, leap ? 59 : second, leap ? 999 : fraction);
  const offset = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  if (offset >= DAY_MINUTES || Number(match[11] ?? 0) > 59) return undefined;
  const utc = date.getTime() - (match[9] === "-" ? -offset : offset) * 60_000;
  return utc >= EARLIEST && utc <= LATEST ? utc : undefined;
}

/** RFC 3339 in UTC with milliseconds: what Date.toISOString gives, at a fourth of the time; a page holds hundreds. */
export function formatTime(milliseconds: Milliseconds): string {
  if (!(milliseconds >= EARLIEST && milliseconds <= LATEST))
    return new Date(milliseconds).toISOString();
  const whole = Math.trunc(milliseconds);
  const day = Math.floor(whole / DAY_MILLISECONDS);
  const time = whole - day * DAY_MILLISECONDS;
  const seconds = Math.floor(time / 1000);
  const minutes = Math.floor(seconds / 60);
  const clock = `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}`;
  const thousandths = time % 1000;
  return `${dateOf(day)}T${clock}.${Math.floor(thousandths / 100)}${TWO[thousandths % 100]}Z`;
}

const DAY_MILLISECONDS = 86_400_000;
/** 00 to 99. */
const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

/**
 * The date of a day since 1970, from the year 0 on, by the Gregorian calendar's cycle of 400 years, each of which begins in
 * March, so that the day of a leap year is its last: http://howardhinnant.github.io/date_algorithms.html#civil_from_days
 */
function dateOf(day: number): string {
  const sinceMarch0 = day + 719_468;
  const era = Math.floor(sinceMarch0 / 146_097);
  const dayOfEra = sinceMarch0 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${TWO[Math.floor(year / 100)]}${TWO[year % 100]}-${TWO[month]}-${TWO[dayOfMonth]}`;
}
