/**
 * Whether an error means that the database will never take this row, however often it is tried: too long, out of range, a
 * broken constraint. Everything else (down, locked, disk full, schema missing) may pass.
 */
export const isRefusedRow = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_'))
    return sqliteCodes.some(code => error.code === code || String(error.code).startsWith(`${code}_`))
  if ('errno' in error && mysqlNumbers.has(Number(error.errno))) return true
  // SQL standard: class 22 is bad data, class 23 a broken constraint.
  return 'sqlState' in error && /^2[23]/.test(String(error.sqlState))
}

const sqliteCodes = ['SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG']

/** Those about one row that MySQL files under the general state HY000: bad text, value missing, out of range, CHECK. */
const mysqlNumbers = new Set([1366, 1364, 1264, 1265, 3819, 4025])
