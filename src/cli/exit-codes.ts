/** What the program ends with; 78 is EX_CONFIG of sysexits.h. */
export const exitCodes = { fine: 0, failed: 1, misused: 2, wrongSettings: 78 } as const
