import type { Dataset } from '@trackway/sdk'

import type { DatasetUse } from '../run-plan.ts'

const sources = {
  products: {
    name: 'product-photos',
    digest: '7c1f09ab',
    uri: 's3://datasets/product-photos/2026-03',
    columns: { image: 'binary', label: 'string' },
    rows: 48_200,
  },
  streets: {
    name: 'street-scenes',
    digest: '52d8e6f4',
    uri: 's3://datasets/street-scenes/v5',
    columns: { image: 'binary', mask: 'binary' },
    rows: 11_400,
  },
  reviews: {
    name: 'shop-reviews',
    digest: 'e90b2f17',
    uri: 'https://datasets.example.com/shop-reviews.parquet',
    columns: { text: 'string', stars: 'long' },
    rows: 320_000,
  },
  sales: {
    name: 'daily-sales',
    digest: '0ad4c3b8',
    uri: 's3://warehouse/daily_sales/dt=2026-10-31',
    columns: { day: 'datetime', store: 'long', item: 'long', sold: 'double', price: 'double', promotion: 'boolean' },
    rows: 2_190_000,
  },
} as const

export type Subject = keyof typeof sources

/** The part of a dataset that a model is measured on. */
export function heldOut(subject: Subject): Dataset {
  return part(subject, 'test', 0.1)
}

/** What a training reads: most of the dataset to learn from, the rest to validate on. */
export function trainingData(subject: Subject): DatasetUse[] {
  return [
    { dataset: part(subject, 'train', 0.8), context: 'training' },
    { dataset: part(subject, 'val', 0.1), context: 'validation' },
  ]
}

function part(subject: Subject, split: 'train' | 'val' | 'test', size: number): Dataset {
  const { name, digest, uri, columns, rows } = sources[subject]
  return {
    name: `${name}/${split}`,
    // Each part has a digest of its own.
    digest: `${digest.slice(0, 7)}${split.length % 10}`,
    source_type: uri.startsWith('s3:') ? 's3' : 'http',
    source: JSON.stringify(uri.startsWith('s3:') ? { uri: `${uri}/${split}` } : { url: uri }),
    schema: JSON.stringify({
      mlflow_colspec: Object.entries(columns).map(([column, type]) => ({ type, name: column, required: true })),
    }),
    profile: JSON.stringify({
      num_rows: Math.round(rows * size),
      num_elements: Math.round(rows * size) * Object.keys(columns).length,
    }),
  }
}
