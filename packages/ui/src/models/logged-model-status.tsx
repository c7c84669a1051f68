const names: Readonly<Record<string, string>> = {
  LOGGED_MODEL_PENDING: 'Pending',
  LOGGED_MODEL_READY: 'Ready',
  LOGGED_MODEL_UPLOAD_FAILED: 'Upload failed',
}

export function LoggedModelStatus({ status }: { status: string }) {
  return <span>{names[status] ?? 'Unknown'}</span>
}
