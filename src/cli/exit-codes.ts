/** What the program ends with; 78 is EX_CONFIG of sysexits.h. `partly`: done, but some keys were refused or are dead. */
export const exitCodes = { fine: 0, failed: 1, misused: 2, partly: 3, wrongSettings: 78 } as const
