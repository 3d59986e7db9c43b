import { version } from '../version.ts'

export const help = `gemini-balance ${version} - one server in front of many Gemini API keys

Usage: gemini-balance [command]

  serve         start the server (the default)
  demo          start the server together with an emulator of Google's API and demo keys; needs no account
                --speed N   let the emulator's quota clock run N times as fast
  keys          import, list, check, switch, delete and export keys; see gemini-balance keys --help
  healthcheck   ask the server of this machine whether it is alive; exit code 0 or 1
  version       print the version
  help          print this text (also --help)

Every setting is an environment variable, or a line of the file .env in the working directory; serve and demo know the
same ones (demo does not read .env). .env.example lists them all. The most important:

  API_KEYS         Gemini keys: ["AQ.…","AQ.…"] or separated by commas
  ALLOWED_TOKENS   tokens for clients; made and printed at the first start when unset
  AUTH_TOKEN       token for the dashboard; made and printed at the first start when unset
  HOST, PORT       where to listen; 0.0.0.0 and 8000
  DATA_DIR         where the database is kept; ./data

Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage, 3 done but not all is well (keys only), 78 wrong settings.
`
