import { randomInt } from 'node:crypto'

const adjectives =
  `able agile amber ample apt azure balmy bold brave breezy bright brisk calm candid clever cosmic crisp daring deft
  dreamy eager early easy elated fair fancy fleet fond frank fresh gentle gifted glad golden grand handy happy hardy
  honest humble jolly keen kind lively lofty loyal lucid lucky mellow merry mighty mild modest neat nimble noble open
  patient placid plucky polite proud quick quiet rapid ready robust rosy rustic serene sharp silent silver sincere
  sleek smart smooth snappy solid spry steady still stoic strong sturdy subtle sunny sure swift tender thrifty tidy
  tranquil trim true upbeat valiant vast vivid warm wise witty worthy young zesty`.split(/\s+/)

const nouns =
  `acorn anchor aspen aurora badger beacon birch bison breeze brook canyon cedar cliff cloud comet coral cove crane
  creek crow dale dawn delta dolphin dove dune eagle ember falcon fern finch fjord forest fox gale garnet glacier glade
  grove gull harbor hawk hazel heron hill horizon island ivy jade jay kestrel lagoon lake lantern lark laurel leaf lily
  linden lynx maple marsh meadow mesa moon moss newt oak ocean orchid osprey otter owl peak pearl pebble pine plover
  pond poplar quail quartz rain raven reef ridge river robin sage sail seal shore sparrow spring spruce star stone
  storm stream summit swan thistle thrush tide trail trout valley vine violet wave willow wolf wren`.split(/\s+/)

/** A name for a run or model that was given none: adjective-noun-number, as in `swift-otter-482`. */
export function generateRunName(): string {
  return `${adjectives[randomInt(adjectives.length)]}-${nouns[randomInt(nouns.length)]}-${randomInt(1000)}`
}
