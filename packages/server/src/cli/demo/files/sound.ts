const rate = 8000

/** A sine that swells and fades, as a WAV file: 16 bits, one channel, 8 kHz. */
export function sineWave(hertz: number, seconds: number): Uint8Array<ArrayBuffer> {
  const count = Math.round(rate * seconds)
  const file = Buffer.alloc(44 + count * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(36 + count * 2, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(count * 2, 40)
  for (let index = 0; index < count; index++) {
    const loudness = Math.sin((Math.PI * index) / count) * 12_000
    file.writeInt16LE(Math.round(loudness * Math.sin((2 * Math.PI * hertz * index) / rate)), 44 + index * 2)
  }
  return new Uint8Array(file)
}
