"""From a read file to an understood delivery: columns, kinds, values, place. No models here."""
