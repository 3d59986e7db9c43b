import { join } from 'node:path'
import { answerBody } from './bodies.ts'
import { type Child, freePort, untilOpen, type Workshop } from './processes.ts'
import { models } from './targets.ts'

export type Nginx = { readonly child: Child; readonly port: number }

/** The upstream of plain requests: nginx that answers with a fixed body. */
export const startAnsweringNginx = async (workshop: Workshop, core: number): Promise<Nginx> => {
  await Bun.write(join(workshop.folder, 'small.json'), answerBody(1500))
  await Bun.write(join(workshop.folder, 'large.json'), answerBody(64 * 1024))
  const port = freePort()
  // A static file refuses POST; `error_page` turns the refusal into the file.
  const location = (model: string, file: string) => `
    location = /v1beta/models/${model}:generateContent { error_page 405 =200 /${file}; return 405; }`
  return await start(
    workshop,
    core,
    'answering',
    port,
    `
  open_file_cache max=10 inactive=1h;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${workshop.folder};
    default_type 'application/json; charset=UTF-8';${location(models.small, 'small.json')}${location(models.large, 'large.json')}
  }`,
  )
}

/** The limit to compare with: nginx that passes everything on over kept-alive connections, and does nothing else. */
export const startPassingNginx = async (
  workshop: Workshop,
  core: number,
  upstream: { readonly requests: number; readonly streams: number },
): Promise<Nginx> => {
  const port = freePort()
  const kept = (name: string, to: number) => `
  upstream ${name} { server 127.0.0.1:${to}; keepalive 1024; keepalive_requests 1000000000; }`
  return await start(
    workshop,
    core,
    'passing',
    port,
    `${kept('requests', upstream.requests)}${kept('streams', upstream.streams)}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_buffers 16 16k;
    location / { proxy_pass http://requests; }
    location ~ :streamGenerateContent$ { proxy_pass http://streams; proxy_buffering off; }
  }`,
  )
}

const start = async (workshop: Workshop, core: number, name: string, port: number, content: string): Promise<Nginx> => {
  const path = (file: string) => join(workshop.folder, `nginx-${name}-${file}`)
  await Bun.write(
    path('configuration'),
    `daemon off;
master_process off;
pid ${path('pid')};
error_log ${path('errors')} warn;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  client_body_buffer_size 256k;
  client_body_temp_path ${path('body')};
  proxy_temp_path ${path('proxy')};
  fastcgi_temp_path ${path('fastcgi')};
  uwsgi_temp_path ${path('uwsgi')};
  scgi_temp_path ${path('scgi')};
${content}
}
`,
  )
  const child = workshop.start(core, [
    'nginx',
    '-e',
    path('errors'),
    '-p',
    workshop.folder,
    '-c',
    path('configuration'),
  ])
  await untilOpen(port)
  return { child, port }
}
