/** Where the stamps come from and what they are under, for the builder of the pack and for the page, which says so with or without a pack. */
export const stampsOrigin = {
  /** Of Debian. */
  package: 'tuxpaint-stamps-default',
  licence: 'GPL-2.0-or-later',
  attribution: 'Tux Paint stamps by Bill Kendrick and contributors',
  url: 'https://tuxpaint.org/stamps/',
} as const;
