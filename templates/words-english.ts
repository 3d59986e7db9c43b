/** Every word of the dashboard. The other languages have this shape, so a missing word does not compile. */
export const english = {
  tagline: 'Gemini API key balancer',
  skipToContent: 'Skip to content',
  languageSwitch: 'Language',
  mainNavigation: 'Main',
  signOut: 'Sign out',

  signIn: {
    title: 'Sign in',
    token: 'Admin token',
    hint: 'The value of AUTH_TOKEN. If you never set one, it was printed once when the server first started.',
    submit: 'Sign in',
    wrongToken: 'That is not the admin token.',
    expired: 'Your session has ended. Sign in to continue.',
    foreignPage:
      'This sign-in did not come from this page. Behind a reverse proxy, make it pass the original Host header on.',
    tooMany: (wait: string) => `Too many failed attempts. Try again in ${wait}.`,
  },

  keys: {
    title: 'Keys',
    live: 'Live',
    filter: 'Filter keys by condition',
    share: 'Share of keys by condition',
    tableCaption: 'API keys and their current state',
    columns: {
      key: 'Key',
      project: 'Project',
      condition: 'Condition',
      inFlight: 'In flight',
      served: 'Served',
      failed: 'Failed',
      lastUsed: 'Last used',
    },
    conditions: { all: 'All', ready: 'Ready', cooling: 'Cooling', dead: 'Dead', disabled: 'Disabled' },
    kinds: { gemini: 'Gemini', 'vertex-express': 'Vertex Express' },
    sources: { environment: 'environment', database: 'database' },
    priority: (group: number) => `priority ${group}`,
    coolingModels: (count: number) => (count === 1 ? 'Cooling for 1 model' : `Cooling for ${count} models`),
    backIn: (wait: string) => `back in ${wait}`,
    backNow: 'back any moment',
    noReason: 'No reason recorded.',
    never: 'never',
    justNow: 'just now',
    ago: (time: string) => `${time} ago`,
    emptyTitle: 'No keys yet',
    emptyText: 'Put your Gemini API keys into the setting API_KEYS and restart the server:',
    nothingTitle: 'No key is in this condition',
    nothingText: 'Choose another filter above.',
    showing: (first: string, last: string, total: string) => `${first}–${last} of ${total}`,
    pages: 'Pages',
    previous: 'Previous',
    next: 'Next',
  },

  /** By the name of the verdict. */
  reasons: {
    'quota-per-day': 'daily quota used up',
    'quota-per-minute': 'minute quota used up',
    'limit-reached': 'limit reached, as counted here',
    'no-quota': 'no quota for this model',
    billing: 'billing or credit limit',
    busy: 'throttled by Google',
    'key-invalid': 'key not valid',
    'key-suspended': 'key suspended',
    'project-denied': 'project denied access',
    'service-blocked': 'service blocked for this key',
    forbidden: 'permission denied',
    'model-not-found': 'model not available',
    unclassified: 'refused for an unknown reason',
  },

  storage: {
    title: 'The database cannot be reached.',
    text: (pending: string, dropped: string) =>
      `Requests are still served. ${pending} records wait in memory; ${dropped} had to be dropped.`,
  },

  errors: {
    back: 'Back to the keys',
    refusedTitle: 'This form is out of date',
    refusedText: 'It did not carry the token of your session. Go back, reload the page and try again.',
    badFormTitle: 'The form could not be read',
    badFormText: 'It was too large or not a form.',
    brokenTitle: 'Something went wrong',
    brokenText: 'This page could not be shown. The log says why, under this number:',
  },

  units: { day: 'd', hour: 'h', minute: 'm', second: 's' },
}

export type Words = typeof english
