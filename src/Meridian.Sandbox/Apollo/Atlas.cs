namespace Meridian.Sandbox.Apollo;

/// <summary>Where the invented people live: every zone of the fifty states, towns on the far side of a state's zone line among them.</summary>
internal static class Atlas
{
    public static readonly Place[] UnitedStates =
    [
        // Eastern
        new("Albany", "New York", "NY", "12207", "518"), new("New York", "New York", "NY", "10001", "212"), new("Boston", "Massachusetts", "MA", "02108", "617"),
        new("Philadelphia", "Pennsylvania", "PA", "19103", "215"), new("Richmond", "Virginia", "VA", "23219", "804"), new("Charlotte", "North Carolina", "NC", "28202", "704"),
        new("Atlanta", "Georgia", "GA", "30303", "404"), new("Orlando", "Florida", "FL", "32801", "407"), new("Columbus", "Ohio", "OH", "43215", "614"),
        new("Detroit", "Michigan", "MI", "48226", "313"), new("Indianapolis", "Indiana", "IN", "46204", "317"), new("Louisville", "Kentucky", "KY", "40202", "502"),
        new("Knoxville", "Tennessee", "TN", "37902", "865"), new("Portland", "Maine", "ME", "04101", "207"),
        // Central
        new("Chicago", "Illinois", "IL", "60601", "312"), new("Austin", "Texas", "TX", "78701", "512"), new("Dallas", "Texas", "TX", "75201", "214"),
        new("Nashville", "Tennessee", "TN", "37203", "615"), new("Pensacola", "Florida", "FL", "32502", "850"), new("Minneapolis", "Minnesota", "MN", "55401", "612"),
        new("Milwaukee", "Wisconsin", "WI", "53202", "414"), new("St. Louis", "Missouri", "MO", "63101", "314"), new("New Orleans", "Louisiana", "LA", "70112", "504"),
        new("Omaha", "Nebraska", "NE", "68102", "402"), new("Evansville", "Indiana", "IN", "47708", "812"), new("Fargo", "North Dakota", "ND", "58102", "701"),
        new("Wichita", "Kansas", "KS", "67202", "316"), new("Birmingham", "Alabama", "AL", "35203", "205"),
        // Mountain
        new("Denver", "Colorado", "CO", "80202", "303"), new("Provo", "Utah", "UT", "84601", "801"), new("Albuquerque", "New Mexico", "NM", "87102", "505"),
        new("El Paso", "Texas", "TX", "79901", "915"), new("Boise", "Idaho", "ID", "83702", "208"), new("Billings", "Montana", "MT", "59101", "406"),
        new("Cheyenne", "Wyoming", "WY", "82001", "307"), new("Rapid City", "South Dakota", "SD", "57701", "605"),
        // Arizona keeps its clock all year.
        new("Phoenix", "Arizona", "AZ", "85004", "602"), new("Tucson", "Arizona", "AZ", "85701", "520"),
        // Pacific
        new("Los Angeles", "California", "CA", "90012", "213"), new("Fresno", "California", "CA", "93721", "559"), new("San Diego", "California", "CA", "92101", "619"),
        new("Seattle", "Washington", "WA", "98101", "206"), new("Spokane", "Washington", "WA", "99201", "509"), new("Portland", "Oregon", "OR", "97204", "503"),
        new("Las Vegas", "Nevada", "NV", "89101", "702"),
        // Alaska and Hawaii
        new("Anchorage", "Alaska", "AK", "99501", "907"), new("Fairbanks", "Alaska", "AK", "99701", "907"),
        new("Honolulu", "Hawaii", "HI", "96813", "808"), new("Hilo", "Hawaii", "HI", "96720", "808"),
    ];

    /// <summary>For searches that forget to say where.</summary>
    public static readonly Place[] Abroad =
    [
        new("Toronto", "Ontario", "ON", "M5H 2N2", "416", "Canada"), new("Vancouver", "British Columbia", "BC", "V6B 1A1", "604", "Canada"),
        new("Kingston", "Saint Andrew Parish", "", "", "876", "Jamaica"),
    ];
}
