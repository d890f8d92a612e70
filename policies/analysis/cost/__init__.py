"""What a graph costs a month at list prices: least, most, who it is for, and what nobody can tell beforehand."""
