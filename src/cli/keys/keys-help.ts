export const keysHelp = `gemini-balance keys - the keys from the command line

Usage: gemini-balance keys ACTION [options]

  import [FILE]   take in the keys of a file, or of standard input: lines, commas, JSON, CSV, .env lines
                  --dry-run    only say what would happen
                  --kind gemini|vertex-express, --project P, --priority N, --tag T, --note TEXT
                               for keys of which the text does not say it
                  Keys that only the settings name are kept in the database too; they may then go from API_KEYS.
                  --revive     also keys that were deleted before
                  --no-check   do not have the server check the new keys
  list            show keys and their states; --limit N
  check           ask Google whether keys are good; uses no quota
                  --deep       have TEST_MODEL say a word with each, which uses quota
  enable, disable switch keys on or off
  delete          delete keys for good; asks first, or takes --yes
  export          write the keys themselves, secrets and all; --format text|json|csv

Which keys (list shows all unless told otherwise; each option may be given several times, and all must hold):

  --all  --key FINGERPRINT  --condition ready|cooling|dead|disabled  --reason key-invalid  --tag T
  --project P ("" for none)  --kind K  --source environment|database  --note PART

Where:

  (nothing)       the server that answers at HOST and PORT of the settings, else the database of the settings
  --server URL    a server; the admin token comes from AUTH_TOKEN (environment or .env), or --token T, which others on
                  the machine can see
  --database      the database, even though a server runs: it notices when it is started again

  --json          one JSON document on standard output; messages and progress are on standard error

Exit codes: 0 done, 1 failed, no key matched or a check that found nothing out, 2 wrong usage, 3 done, but the import
refused lines or the check found dead keys, 78 wrong settings.
`
