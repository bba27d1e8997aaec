mod baselines;
mod generator;
mod whole;
