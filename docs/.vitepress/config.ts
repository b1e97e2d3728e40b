import { defineConfig } from 'vitepress';

const section = (text: string, items: readonly (readonly [string, string])[]) => ({
  text,
  items: items.map(([title, link]) => ({ text: title, link })),
});

export default defineConfig({
  title: 'PgQue',
  description: 'A durable event stream inside PostgreSQL that never bloats',
  cleanUrls: true,
  srcExclude: ['node_modules/**'],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Tutorial', link: '/guide/tutorial' },
      { text: 'Operations', link: '/operations/monitoring' },
      { text: 'Reference', link: '/reference/functions' },
    ],
    sidebar: [
      section('Start', [
        ['Tutorial', '/guide/tutorial'],
        ['Quick starts', '/guide/quick-starts'],
        ['Concepts', '/guide/concepts'],
        ['Glossary', '/guide/glossary'],
        ['Comparison', '/guide/comparison'],
        ['History', '/guide/history'],
      ]),
      section('Guides', [
        ['Three latencies', '/guide/three-latencies'],
        ['Tick tuning', '/guide/tick-tuning'],
        ['Exactly once', '/guide/exactly-once'],
        ['Fan-out', '/guide/fan-out'],
        ['Cooperative consumers', '/guide/cooperative-consumers'],
        ['Ordering', '/guide/ordering'],
        ['Delayed delivery', '/guide/delayed-delivery'],
        ['Recurring jobs', '/guide/recurring-jobs'],
        ['NestJS', '/nestjs'],
        ['Worker threads', '/worker-threads'],
      ]),
      section('Operations', [
        ['Monitoring', '/operations/monitoring'],
        ['Managed servers', '/operations/managed-servers'],
        ['Poolers', '/operations/poolers'],
        ['Replicas, backups, restores', '/operations/replicas-and-backups'],
        ['Upgrades', '/operations/upgrades'],
        ['Security and roles', '/operations/security'],
        ['Isolation patterns', '/operations/isolation'],
        ['Benchmarks', '/benchmarks'],
      ]),
      section('Coming from', [
        ['pg-boss', '/migrate/pg-boss'],
        ['graphile-worker', '/migrate/graphile-worker'],
        ['BullMQ', '/migrate/bullmq'],
        ['PGMQ', '/migrate/pgmq'],
        ['PgQ', '/migrate/pgq'],
      ]),
      section('Reference', [
        ['Functions', '/reference/functions'],
        ['Errors', '/reference/errors'],
        ['Clients', '/reference/clients'],
        ['Clients', '/reference/clients'],
      ]),
    ],
  },
});
