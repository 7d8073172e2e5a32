// trainings: what call sites are trained with: small integers, doubles, oddballs, and all of these;
// for types that are not numbers, two kinds of right arguments, wrong ones, and all of these.

export const trainings = ['small', 'doubles', 'oddballs', 'mixed'];
