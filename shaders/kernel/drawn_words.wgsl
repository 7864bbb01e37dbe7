// Paths whose factors are drawn where they are used are independent, and have no words of clauses for the whole horizon.

fn given_word(number: u32) -> u32 {
    return 0u;
}
