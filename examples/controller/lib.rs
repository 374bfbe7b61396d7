#![doc = "The example is `main.rs`: a kind and its kube-rs controller in one program."]
